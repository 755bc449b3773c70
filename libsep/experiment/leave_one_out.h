#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "libsep/core/progress.h"
#include "libsep/experiment/run_directory.h"
#include "libsep/experiment/run_plan.h"

namespace sep {

/// What came of a call. The run is done where nothing failed and nothing was interrupted;
/// a command ends with 1 for any failure, interrupted or not, then with 130.
struct RunSummary {
  int64_t num_trained = 0;            ///< now
  int64_t num_done_before = 0;        ///< in earlier calls
  std::vector<std::string> failures;  ///< one line a training that failed
  bool interrupted = false;           ///< by the user; the same call goes on from here
  double seconds = 0.0;               ///< of this call

  /// "38 trainings done now, 2 before, 3:12"
  std::string brief_report() const;
};

/// Trains every item that `options` asks for and that is not done, fold by fold, those of a
/// fold side by side, while the mixtures of the next fold are rendered. Call it again to go
/// on: what was saved ends in the same bytes, however often it was stopped. The caller
/// holds the folder's lock (core/file_lock.h).
///
/// How it ends:
///
///   - A training whose numbers go wrong, or that the machine fails, is given up and listed
///     in the summary; the others go on, for theirs may be well. (In the legacy protocol
///     its successors cannot, and are listed too.)
///   - Where the user stops it, all trainings save their states before their next
///   iteration;
///     one that cannot is a failure in the summary.
///   - An Error, as of a file of the run or the dataset that is damaged, would meet others
///     too: trainings beside it save their states before their next iteration, and it is
///     thrown. Throws Failure where mixtures cannot be rendered.
///
/// Throws Error before anything is trained for folds or instruments that are not there or
/// threads and jobs below 0, for a run that began on another dataset, and for a state of
/// another training.
RunSummary run_leave_one_out(const RunDirectory& run,
                             const Dataset& dataset,
                             const RunOptions& options,
                             Progress& progress);

}  // namespace sep
