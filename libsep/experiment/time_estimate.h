#pragma once

#include <string>

#include "libsep/experiment/run_plan.h"

namespace sep {

/// How long a run will take on this machine as it is now, from a probe of some seconds.
struct TimeEstimate {
  double iteration_seconds = 0.0;   ///< one update of one of the trainings side by side
  double validation_seconds = 0.0;  ///< one pass over the validation mixtures
  double rendering_seconds = 0.0;   ///< every mixture of the plan's folds once, where none
                                    ///< is in the cache; folds share many
  double total_seconds = 0.0;       ///< of all folds and trainings of the plan

  /// "about 1:12:40 on this machine: …", one line.
  std::string report(const RunPlan& plan) const;
};

/// Times, with plan.num_jobs trainings side by side, updates and forward passes of the
/// plan's network on short random input (a network's time is proportional to the number
/// of frames), and renders one mixture of the plan's first fold; on the threads that a run
/// would have. Throws Error where a file of the dataset cannot be read.
TimeEstimate estimate_time(const ExperimentConfig& config,
                           const Dataset& dataset,
                           const RunOptions& options,
                           const RunPlan& plan);

}  // namespace sep
