#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "libsep/data/dataset.h"
#include "libsep/data/stem_store.h"
#include "libsep/experiment/experiment_config.h"
#include "libsep/mixing/stem_cache.h"
#include "libsep/model/model_file.h"

namespace sep {

/// One training of a run.
struct RunItem {
  int64_t fold = 1;  ///< from 1
  StemName target;   ///< its name (targets.h): an instrument, or "joint"
};

/// Which of a run's trainings are wanted, and on how much of the machine; none of it
/// changes a number.
struct RunOptions {
  std::vector<int64_t> folds;     ///< from 1; empty: all
  std::vector<StemName> targets;  ///< their names; empty: all

  /// Of all that the run does, rendering ahead included, as far as sep::num_threads()
  /// allows; 0: so many.
  int64_t num_threads = 0;

  /// Trainings side by side, of one fold, at most one a thread; 0: one a thread as far as
  /// half the memory goes. Several of one thread each are faster than one of several (1.3
  /// times for model A on two cores, 1.1 for E); 1 where memory is short.
  int64_t num_jobs = 0;
  std::filesystem::path cache;  ///< where rendered stems are kept; empty: nowhere
  int64_t cache_bytes = StemCache::kDefaultMaxBytes;  ///< of all its files together

  /// Of decoded stems that are kept in memory; segments of the others are read from their
  /// files.
  int64_t memory_bytes = StemStore::kDefaultMaxBytes;
};

/// "all" or "violin,saxophone" as names of a run's targets; empty for all. Throws Error
/// that lists those there are.
std::vector<StemName> parse_targets(const std::string& text,
                                    const std::vector<Target>& known);

/// A run before it begins.
struct RunPlan {
  std::vector<RunItem> items;         ///< in the order of training
  std::vector<RunItem> predecessors;  ///< of those, the ones only trained because the
                                      ///< legacy protocol's chain needs them
  int64_t num_parameters = 0;         ///< of one model
  int64_t num_iterations = 0;         ///< of one training
  int64_t num_jobs = 1;               ///< trainings side by side
  double operations = 0.0;            ///< floating-point operations of all items, estimated
  double training_bytes = 0.0;  ///< memory of one training beside its fold's mixtures,
                                ///< estimated
  double fold_bytes = 0.0;  ///< memory of a fold's mixtures and spectra, of the mixtures
                            ///< of the next one, rendered meanwhile, and of the
                            ///< dataset's stems as far as they are kept (StemStore)

  /// Lines for people.
  std::string report() const;
};

/// What `options` asks for. In the legacy protocol folds 1–5, 6–10, … are chains in which
/// each training goes on from the one before, so predecessors come along. Throws Error for
/// a fold that is not there or asked for twice, a target that the run has not, a score to
/// choose by that the dataset cannot have, and threads or jobs below 0.
RunPlan plan_run(const ExperimentConfig& config,
                 const Dataset& dataset,
                 const RunOptions& options);

/// The item whose last state `item` goes on from in the legacy protocol; none for the
/// first of a chain.
std::optional<RunItem> legacy_predecessor(const RunItem& item,
                                          const std::vector<Target>& targets);

/// What the checkpoints of a training say about themselves.
ModelDescription describe_model(const ExperimentConfig& config,
                                int64_t sample_rate,
                                int64_t fold,
                                const Target& target);

}  // namespace sep
