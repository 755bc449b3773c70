#include "libsep/experiment/run_plan.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/core/machine.h"
#include "libsep/core/threads.h"
#include "libsep/core/version.h"
#include "libsep/data/stem_store.h"
#include "libsep/experiment/validation_scores.h"

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

/// Folds and targets wanted, in the order of training.
std::vector<RunItem> wanted_items(const std::vector<int64_t>& folds,
                                  const std::vector<StemName>& wanted,
                                  const std::vector<Target>& targets) {
  std::vector<RunItem> items;
  for (const auto fold : folds) {
    for (const auto& target : targets) {
      if (wanted.empty() || is_one_of(target.name, wanted)) {
        items.push_back({fold, target.name});
      }
    }
  }
  return items;
}

/// Wanted items and all that stand before them in their chains.
void add_predecessors(RunPlan& plan, const std::vector<Target>& targets) {
  std::vector<RunItem> all;
  std::set<std::pair<int64_t, StemName>> wanted;
  std::set<int64_t> sessions;
  for (const auto& item : plan.items) {
    wanted.emplace(item.fold, item.target);
    sessions.insert(first_of_session(item.fold));
  }
  for (const auto first : sessions) {
    std::vector<RunItem> before;  // since the last one wanted
    for (int64_t fold = first; fold < first + kLegacySessionFolds; ++fold) {
      for (const auto& target : targets) {
        before.push_back({fold, target.name});
        if (wanted.count({fold, target.name}) == 0) continue;
        for (const auto& item : before) {
          if (wanted.count({item.fold, item.target}) == 0)
            plan.predecessors.push_back(item);
          all.push_back(item);
        }
        before.clear();
      }
    }
  }
  plan.items = all;
}

bool hears_segments(const ExperimentConfig& config) {
  return config.examples.kind == ExamplesKind::kSegments;
}

double units_of(const ExperimentConfig& config,
                const Network& network,
                const Dataset& dataset,
                double seconds) {
  const auto samples = std::llround(seconds * static_cast<double>(dataset.sample_rate));
  if (network.domain() == NetworkDomain::kWaveform) return static_cast<double>(samples);
  return static_cast<double>(Stft(config.stft).num_frames(samples));
}

/// What a training goes through, in a network's units of time (NetworkCost).
struct Work {
  double seen = 0.0;        ///< of an example in an update
  double batch = 0.0;       ///< examples of an update
  double validation = 0.0;  ///< all that a validation hears
  double longest = 0.0;     ///< of its examples
};

/// Segments are validated on whole pieces, one a batch.
Work work_of(const ExperimentConfig& config,
             const Network& network,
             const Dataset& dataset,
             const std::vector<Fold>& folds) {
  const auto& train = config.train;
  const auto units = [&](double seconds) {
    return units_of(config, network, dataset, seconds);
  };
  Work work;
  work.batch = static_cast<double>(train.batch_size);
  if (hears_segments(config)) {
    work.seen = units(config.examples.segments.seconds);
    for (const auto piece : folds.front().validation) {
      const auto& of_piece = dataset.pieces.at(piece);
      const double length = units(static_cast<double>(of_piece.num_samples) /
                                  static_cast<double>(of_piece.sample_rate));
      work.validation += length;
      work.longest = std::max(work.longest, length);
    }
    return work;
  }
  work.batch = static_cast<double>(std::min(train.batch_size, config.mixtures.num_train));
  work.longest = units(config.mixtures.seconds);
  work.seen = train.segment_seconds > 0.0 ? units(train.segment_seconds) : work.longest;
  work.validation = work.longest * static_cast<double>(config.mixtures.num_validation);
  return work;
}

double num_mixtures(const ExperimentConfig& config) {
  if (hears_segments(config)) return 0.0;
  return static_cast<double>(config.mixtures.num_train + config.mixtures.num_validation);
}

double bytes_of_training(const ExperimentConfig& config,
                         const Network& network,
                         const Work& work) {
  const auto cost = network.cost();
  const auto part = static_cast<double>(config.train.micro_batch_size);
  const auto in_layers = part > 0.0 ? std::min(work.batch, part) : work.batch;
  const auto bins = static_cast<double>(config.stft.num_bins());
  return work.seen * (cost.part_bytes * in_layers + cost.bytes * work.batch +
                      4.0 * num_mixtures(config) * bins);
}

double bytes_of_fold(const ExperimentConfig& config,
                     const Dataset& dataset,
                     const Work& work) {
  const double samples = config.mixtures.seconds * static_cast<double>(dataset.sample_rate);
  const auto stems = static_cast<double>(dataset.instruments.size());
  const auto bins = static_cast<double>(config.stft.num_bins());
  return 4.0 * num_mixtures(config) * (2.0 * stems * samples + work.longest * bins);
}

double bytes_of_kept_stems(const Dataset& dataset, int64_t at_most) {
  double samples = 0.0;
  for (const auto& piece : dataset.pieces)
    samples += static_cast<double>(piece.num_samples);
  return std::min(4.0 * samples * static_cast<double>(dataset.instruments.size()),
                  static_cast<double>(at_most));
}

/// Trainings that can go side by side: those of a fold share its mixtures, segments are
/// every training's own.
int64_t num_side_by_side(const ExperimentConfig& config, const RunPlan& plan) {
  if (config.published_habits().carried_weights) return 1;  // a chain
  if (hears_segments(config)) return static_cast<int64_t>(plan.items.size());
  std::map<int64_t, int64_t> in_fold;
  int64_t most = 1;
  for (const auto& item : plan.items) most = std::max(most, ++in_fold[item.fold]);
  return most;
}

int64_t choose_jobs(const RunOptions& options,
                    const ExperimentConfig& config,
                    const RunPlan& plan) {
  const int64_t threads = options.num_threads > 0
                              ? std::min(options.num_threads, num_threads())
                              : num_threads();
  const auto at_most = std::min(threads, num_side_by_side(config, plan));
  if (options.num_jobs > 0) return std::min(options.num_jobs, at_most);
  const double room = 0.5 * static_cast<double>(memory_bytes()) - plan.fold_bytes;
  const auto fitting = static_cast<int64_t>(room / plan.training_bytes);
  return std::max<int64_t>(1, std::min(fitting, at_most));
}

void check_options(const RunOptions& options,
                   const std::vector<Target>& targets,
                   size_t num_folds) {
  std::set<int64_t> seen;
  for (const int64_t fold : options.folds) {
    SEP_CHECK(1 <= fold && fold <= static_cast<int64_t>(num_folds),
              "fold {}: wants 1 to {}",
              fold,
              num_folds);
    SEP_CHECK(seen.insert(fold).second, "fold {}: is asked for twice", fold);
  }
  for (const auto& name : options.targets) find_target(targets, name);
  SEP_CHECK(
      options.num_threads >= 0, "num_threads = {}: wants 0 or more", options.num_threads);
  SEP_CHECK(options.num_jobs >= 0, "num_jobs = {}: wants 0 or more", options.num_jobs);
}

}  // namespace

std::vector<StemName> parse_targets(const std::string& text,
                                    const std::vector<Target>& known) {
  if (text == "all") return {};
  std::vector<StemName> known_names;
  for (const auto& target : known) known_names.push_back(target.name);
  std::vector<StemName> names;
  size_t begin = 0;
  while (begin <= text.size()) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto name = canonical_stem_name(text.substr(begin, end - begin));
    SEP_CHECK(is_one_of(name, known_names),
              "--targets {}: no target '{}', there are {}",
              text,
              name,
              fmt::join(known_names, ", "));
    names.push_back(name);
    begin = end + 1;
  }
  return names;
}

RunPlan plan_run(const ExperimentConfig& config,
                 const Dataset& dataset,
                 const RunOptions& options) {
  const auto folds = make_folds(dataset, config.split);
  const auto targets = targets_of(config.targets, dataset);
  check_options(options, targets, folds.size());
  check_choose_by(config.train.choose_by, dataset);
  RunPlan plan;
  plan.items = wanted_items(or_all(options.folds, folds.size()), options.targets, targets);
  if (config.published_habits().carried_weights) add_predecessors(plan, targets);
  const auto network =
      make_model(describe_model(config, dataset.sample_rate, 1, targets.front()));
  for (const auto& parameter : network->parameters())
    plan.num_parameters += parameter.numel();
  plan.num_iterations = config.train.num_iterations();
  const auto work = work_of(config, *network, dataset, folds);
  plan.operations =
      static_cast<double>(plan.items.size()) * network->cost().operations *
      (3.0 * static_cast<double>(plan.num_iterations) * work.batch * work.seen +
       static_cast<double>(config.train.num_epochs) * work.validation);
  plan.training_bytes = bytes_of_training(config, *network, work);
  plan.fold_bytes = bytes_of_fold(config, dataset, work) +
                    bytes_of_kept_stems(dataset, options.memory_bytes);
  plan.num_jobs = choose_jobs(options, config, plan);
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
    text += fmt::format("fold {:2} {}\n", item.fold, item.target);
  return text;
}

std::optional<RunItem> legacy_predecessor(const RunItem& item,
                                          const std::vector<Target>& targets) {
  const auto* place = &find_target(targets, item.target);
  if (place != targets.data()) return RunItem{item.fold, (place - 1)->name};
  if (item.fold > first_of_session(item.fold)) {
    return RunItem{item.fold - 1, targets.back().name};
  }
  return std::nullopt;
}

ModelDescription describe_model(const ExperimentConfig& config,
                                int64_t sample_rate,
                                int64_t fold,
                                const Target& target) {
  ModelDescription description;
  describe_network(config.model, description);
  description.stft = config.stft;
  description.sample_rate = sample_rate;
  description.instrument = target.name;
  if (target.stems.size() > 1) description.stems = target.stems;
  description.title = config.title;
  description.protocol = enum_name(config.protocol);
  description.fold = fold;
  description.seed = config.seed;
  description.libsep_version = version();
  description.torch_version = torch_version();
  return description;
}

}  // namespace sep
