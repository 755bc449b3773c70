#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "libsep/core/progress.h"
#include "libsep/experiment/run_directory.h"
#include "libsep/experiment/run_plan.h"

namespace sep {

struct RunSummary {
  int64_t num_trained = 0;  ///< now
  int64_t num_done_before = 0;
  std::vector<std::string> failures;  ///< one line a training that failed
  bool interrupted = false;
  double seconds = 0.0;

  std::string brief_report() const;
};

/// Trains every item of the plan that is not done. A training whose numbers go wrong is
/// given up and listed in the summary; the others go on (in the legacy protocol its
/// successors cannot, and are listed too). Throws Error for wrong input.
RunSummary run_leave_one_out(const RunDirectory& run,
                             const Dataset& dataset,
                             const RunOptions& options,
                             Progress& progress);

}  // namespace sep
