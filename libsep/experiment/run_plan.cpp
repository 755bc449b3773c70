#include "libsep/experiment/run_plan.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/core/machine.h"
#include "libsep/core/threads.h"
#include "libsep/core/version.h"
#include "libsep/data/bach10.h"
#include "libsep/data/stem_store.h"

namespace sep {
namespace {

constexpr int64_t kLegacySessionFolds = 5;  // "5 by 5": docs/protocol.md

std::vector<int64_t> or_all(const std::vector<int64_t>& folds, size_t num_folds) {
  if (!folds.empty()) return folds;
  std::vector<int64_t> all;
  for (size_t k = 1; k <= num_folds; ++k) all.push_back(static_cast<int64_t>(k));
  return all;
}

bool is_one_of(const StemName& name, const std::vector<StemName>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The first fold of the chain that a fold belongs to.
int64_t first_of_session(int64_t fold) {
  return (fold - 1) / kLegacySessionFolds * kLegacySessionFolds + 1;
}

/// Folds and instruments wanted, in the order of training.
std::vector<RunItem> wanted_items(const std::vector<int64_t>& folds,
                                  const std::vector<StemName>& instruments,
                                  const Dataset& dataset) {
  std::vector<RunItem> items;
  for (const auto fold : folds) {
    for (const auto& instrument : dataset.instruments) {
      if (instruments.empty() || is_one_of(instrument, instruments)) {
        items.push_back({fold, instrument});
      }
    }
  }
  return items;
}

/// Wanted items and all that stand before them in their chains.
void add_predecessors(RunPlan& plan, const Dataset& dataset) {
  std::vector<RunItem> all;
  std::set<std::pair<int64_t, StemName>> wanted;
  std::set<int64_t> sessions;
  for (const auto& item : plan.items) {
    wanted.emplace(item.fold, item.instrument);
    sessions.insert(first_of_session(item.fold));
  }
  for (const auto first : sessions) {
    std::vector<RunItem> before;  // since the last one wanted
    for (int64_t fold = first; fold < first + kLegacySessionFolds; ++fold) {
      for (const auto& instrument : dataset.instruments) {
        before.push_back({fold, instrument});
        if (wanted.count({fold, instrument}) == 0) continue;
        for (const auto& item : before) {
          if (wanted.count({item.fold, item.instrument}) == 0)
            plan.predecessors.push_back(item);
          all.push_back(item);
        }
        before.clear();
      }
    }
  }
  plan.items = all;
}

// As measured: five mixtures of 25 s (43075 frames in all) take 1.5 GB with model A and
// 2.8 with E, which is 12 floats a unit, direction, layer and frame for what the LSTM
// keeps, and 28 a bin and frame for the rest.
double bytes_of_training(const ExperimentConfig& config, double frames, double bins) {
  const auto& network = config.model.mask_inference;
  const auto& train = config.train;
  const auto batch =
      static_cast<double>(std::min(train.batch_size, config.mixtures.num_train));
  const auto in_layers = train.micro_batch_size > 0
                             ? std::min(batch, static_cast<double>(train.micro_batch_size))
                             : batch;
  const auto units = 2.0 * static_cast<double>(network.num_layers * network.hidden_size);
  const auto mixtures =
      static_cast<double>(config.mixtures.num_train + config.mixtures.num_validation);
  return 4.0 * frames * (12.0 * in_layers * units + 28.0 * batch * bins + mixtures * bins);
}

double bytes_of_fold(const ExperimentConfig& config,
                     const Dataset& dataset,
                     double frames) {
  const auto mixtures =
      static_cast<double>(config.mixtures.num_train + config.mixtures.num_validation);
  const double samples = config.mixtures.seconds * static_cast<double>(dataset.sample_rate);
  const auto stems = static_cast<double>(dataset.instruments.size());
  const auto bins = static_cast<double>(config.stft.num_bins());
  return 4.0 * mixtures * (2.0 * stems * samples + frames * bins);
}

double bytes_of_kept_stems(const Dataset& dataset) {
  double samples = 0.0;
  for (const auto& piece : dataset.pieces)
    samples += static_cast<double>(piece.num_samples);
  return std::min(4.0 * samples * static_cast<double>(dataset.instruments.size()),
                  static_cast<double>(StemStore::kDefaultMaxBytes));
}

int64_t choose_jobs(const RunOptions& options,
                    const ExperimentConfig& config,
                    const Dataset& dataset,
                    const RunPlan& plan) {
  if (config.published_habits().carried_weights) return 1;  // a chain
  const auto in_a_fold =
      static_cast<int64_t>(options.instruments.empty() ? dataset.instruments.size()
                                                       : options.instruments.size());
  const int64_t threads = options.num_threads > 0
                              ? std::min(options.num_threads, num_threads())
                              : num_threads();
  const auto at_most = std::min(threads, in_a_fold);
  if (options.num_jobs > 0) return std::min(options.num_jobs, at_most);
  const double room = 0.5 * static_cast<double>(memory_bytes()) - plan.fold_bytes;
  const auto fitting = static_cast<int64_t>(room / plan.training_bytes);
  return std::max<int64_t>(1, std::min(fitting, at_most));
}

void check_options(const RunOptions& options, const Dataset& dataset, size_t num_folds) {
  std::set<int64_t> seen;
  for (const int64_t fold : options.folds) {
    SEP_CHECK(1 <= fold && fold <= static_cast<int64_t>(num_folds),
              "fold {}: wants 1 to {}",
              fold,
              num_folds);
    SEP_CHECK(seen.insert(fold).second, "fold {}: is asked for twice", fold);
  }
  for (const auto& name : options.instruments) {
    SEP_CHECK(is_one_of(name, dataset.instruments),
              "no instrument '{}', there are {}",
              name,
              fmt::join(dataset.instruments, ", "));
  }
  SEP_CHECK(
      options.num_threads >= 0, "num_threads = {}: wants 0 or more", options.num_threads);
  SEP_CHECK(options.num_jobs >= 0, "num_jobs = {}: wants 0 or more", options.num_jobs);
}

}  // namespace

std::vector<StemName> parse_instruments(const std::string& text,
                                        const std::vector<StemName>& known) {
  if (text == "all") return {};
  std::vector<StemName> names;
  size_t begin = 0;
  while (begin <= text.size()) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto name = canonical_stem_name(text.substr(begin, end - begin));
    SEP_CHECK(is_one_of(name, known),
              "--instruments {}: no instrument '{}', there are {}",
              text,
              name,
              fmt::join(known, ", "));
    names.push_back(name);
    begin = end + 1;
  }
  return names;
}

RunPlan plan_run(const ExperimentConfig& config,
                 const Dataset& dataset,
                 const RunOptions& options) {
  const auto num_folds = make_folds(dataset, config.split).size();
  check_options(options, dataset, num_folds);
  RunPlan plan;
  plan.items = wanted_items(or_all(options.folds, num_folds), options.instruments, dataset);
  if (config.published_habits().carried_weights) add_predecessors(plan, dataset);
  const auto model = make_model(
      describe_model(config, dataset.sample_rate, {1, dataset.instruments.front()}));
  for (const auto& parameter : model->parameters())
    plan.num_parameters += parameter.numel();
  plan.num_iterations = config.train.num_iterations();
  const auto frames_of = [&](double seconds) {
    const auto samples = std::llround(seconds * static_cast<double>(dataset.sample_rate));
    return static_cast<double>(Stft(config.stft).num_frames(samples));
  };
  const auto& train = config.train;
  const double whole = frames_of(config.mixtures.seconds);
  const double seen =
      train.segment_seconds > 0.0 ? frames_of(train.segment_seconds) : whole;
  const auto batch = std::min(train.batch_size, config.mixtures.num_train);
  const auto updates = static_cast<double>(plan.num_iterations * batch);
  const auto validations =
      static_cast<double>(train.num_epochs * config.mixtures.num_validation);
  plan.operations = static_cast<double>(plan.items.size()) * model->operations_per_frame() *
                    (3.0 * updates * seen + validations * whole);
  plan.training_bytes =
      bytes_of_training(config, seen, static_cast<double>(config.stft.num_bins()));
  plan.fold_bytes = bytes_of_fold(config, dataset, whole) + bytes_of_kept_stems(dataset);
  plan.num_jobs = choose_jobs(options, config, dataset, plan);
  return plan;
}

std::string RunPlan::report() const {
  auto text = fmt::format("{} trainings of {} iterations, {} parameters each\n",
                          items.size(),
                          num_iterations,
                          num_parameters);
  if (!predecessors.empty()) {
    text += fmt::format("{} of them predecessors in the legacy protocol's chains\n",
                        predecessors.size());
  }
  text += fmt::format("about {:.1f} TFLOP in all, {} side by side in {:.1f} GB\n",
                      operations / 1e12,
                      num_jobs,
                      1e-9 * (static_cast<double>(num_jobs) * training_bytes + fold_bytes));
  for (const auto& item : items)
    text += fmt::format("fold {:2} {}\n", item.fold, item.instrument);
  return text;
}

std::optional<RunItem> legacy_predecessor(const RunItem& item,
                                          const std::vector<StemName>& instruments) {
  const auto place = std::find(instruments.begin(), instruments.end(), item.instrument);
  SEP_CHECK(place != instruments.end(), "no instrument {}", item.instrument);
  if (place != instruments.begin()) return RunItem{item.fold, *(place - 1)};
  if (item.fold > first_of_session(item.fold)) {
    return RunItem{item.fold - 1, instruments.back()};
  }
  return std::nullopt;
}

ModelDescription describe_model(const ExperimentConfig& config,
                                int64_t sample_rate,
                                const RunItem& item) {
  ModelDescription description;
  description.type = enum_name(config.model.type);
  description.mask_inference = config.model.mask_inference;
  description.stft = config.stft;
  description.sample_rate = sample_rate;
  description.instrument = item.instrument;
  description.title = config.title;
  description.protocol = enum_name(config.protocol);
  description.fold = item.fold;
  description.seed = config.seed;
  description.libsep_version = version();
  description.torch_version = torch_version();
  return description;
}

}  // namespace sep
