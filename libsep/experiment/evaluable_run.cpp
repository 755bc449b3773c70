#include "libsep/experiment/evaluable_run.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

#include "libsep/core/error.h"
#include "libsep/data/fingerprint.h"
#include "libsep/experiment/run_plan.h"
#include "libsep/model/model_file.h"

namespace sep {
namespace {

void check_distinct(const std::vector<EvaluableRun>& runs) {
  std::map<std::tuple<std::string, Protocol, int64_t>, std::string> seen;
  for (const auto& evaluable : runs) {
    const auto& config = evaluable.run().config();
    const auto name = evaluable.run().root().string();
    const auto [other, is_new] =
        seen.emplace(std::tuple(config.title, config.protocol, config.seed), name);
    SEP_CHECK(is_new,
              "{} and {}: both are {}, protocol {}, seed {}, which tables cannot tell "
              "apart; train one with --set title=…",
              other->second,
              name,
              config.title,
              enum_name(config.protocol),
              config.seed);
  }
}

}  // namespace

EvaluableRun::EvaluableRun(RunDirectory run,
                           Dataset dataset,
                           const std::function<std::string()>& samples)
    : run_(std::move(run)),
      dataset_(std::move(dataset)),
      targets_(targets_of(run_.config().targets, dataset_)),
      folds_(make_folds(dataset_, run_.config().split)) {
  run_.check_dataset(dataset_, samples);
  SEP_CHECK(std::any_of(folds_.begin(),
                        folds_.end(),
                        [](const Fold& fold) { return !fold.test.empty(); }),
            "{}: its split has no piece to test on; give sep-eval the model file and "
            "--data instead",
            run_.root().string());
  for (const auto& item : run_.trained_items(targets_)) {
    items_[item.fold].push_back(item);
  }
  SEP_CHECK(!items_.empty(), "{}: no trained model there", run_.root().string());
  SEP_CHECK(items_.rbegin()->first <= static_cast<int64_t>(folds_.size()),
            "{}: has a fold {}, the dataset gives {}",
            run_.root().string(),
            items_.rbegin()->first,
            folds_.size());
  check_models();
}

void EvaluableRun::check_models() const {
  for (const auto& [fold, items] : items_) {
    for (const auto& item : items) {
      const auto path = run_.files(item).best;
      check_origin(path,
                   describe_model(run_.config(),
                                  dataset_.sample_rate,
                                  fold,
                                  find_target(targets_, item.target)),
                   read_model_description(path));
    }
  }
}

std::vector<std::string> EvaluableRun::unfinished() const {
  std::vector<std::string> names;
  for (const auto& [fold, items] : items_) {
    for (const auto& item : items) {
      if (!run_.is_done(item))
        names.push_back(fmt::format("fold {} {}", item.fold, item.target));
    }
  }
  return names;
}

std::string EvaluableRun::remark() const {
  std::map<StemName, size_t> num_done;
  for (const auto& [fold, items] : items_) {
    for (const auto& item : items) num_done[item.target] += run_.is_done(item) ? 1 : 0;
  }
  std::vector<std::string> parts;
  for (const auto& target : targets_) {
    const auto found = num_done.find(target.name);
    if (found == num_done.end() || found->second == folds_.size()) continue;
    parts.push_back(
        fmt::format("{} {} of {} folds", target.name, found->second, folds_.size()));
  }
  return parts.empty() ? "" : fmt::format("Incomplete: {}.", fmt::join(parts, ", "));
}

std::vector<EvaluableRun> open_evaluable_runs(
    const std::vector<std::filesystem::path>& roots,
    const std::vector<std::filesystem::path>& data,
    int64_t num_threads,
    const Progress& progress) {
  std::map<std::string, std::string> hashes;  // by root and names of the dataset
  std::vector<EvaluableRun> runs;
  for (const auto& root : roots) {
    auto run = RunDirectory::open(root);
    const auto& config = run.config();
    auto dataset = for_all_targets(
        config.targets, config.data, open_chosen_dataset(config.data, data));
    const auto samples = [&, dataset] {
      std::string key;
      for (const auto& one : dataset.roots) key += one.path.string() + "|";
      auto& hash = hashes[key + dataset_fingerprint(dataset)];
      if (hash.empty()) hash = samples_fingerprint(dataset, num_threads, progress);
      return hash;
    };
    runs.emplace_back(std::move(run), std::move(dataset), samples);
  }
  check_distinct(runs);
  return runs;
}

}  // namespace sep
