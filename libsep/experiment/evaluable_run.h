#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "libsep/core/progress.h"
#include "libsep/data/dataset.h"
#include "libsep/data/fold.h"
#include "libsep/experiment/run_directory.h"

namespace sep {

/// A run that can be evaluated: it has trained models, each the one its place says, and
/// its dataset is this one.
class EvaluableRun {
 public:
  /// Throws Error where the run has no trained model, one is damaged or of another
  /// training, or its dataset is another one (RunDirectory::check_dataset()). Reads what
  /// the models say of themselves; they are loaded where they are used.
  EvaluableRun(RunDirectory run,
               Dataset dataset,
               const std::function<std::string()>& samples);

  const RunDirectory& run() const { return run_; }
  const Dataset& dataset() const { return dataset_; }
  const std::vector<Target>& targets() const { return targets_; }
  const std::vector<Fold>& folds() const { return folds_; }

  /// By fold: the trainings that have a best checkpoint.
  const std::map<int64_t, std::vector<RunItem>>& items() const { return items_; }

  /// Those of them that are not done, "fold 3 violin".
  std::vector<std::string> unfinished() const;

  /// "Incomplete: violin 3 of 10 folds." of trained targets with fewer done trainings
  /// than folds; empty where there is none.
  std::string remark() const;

 private:
  void check_models() const;

  RunDirectory run_;
  Dataset dataset_;
  std::vector<Target> targets_;
  std::vector<Fold> folds_;
  std::map<int64_t, std::vector<RunItem>> items_;
};

/// Runs that are evaluated together, with the dataset `data`, or else the one that a run's
/// config names (open_chosen_dataset()). Reads the stems of each dataset once, on so many
/// threads (0: all there are). Throws Error for a run that is not there, cannot be
/// evaluated (EvaluableRun's constructor) or has no dataset, and with both names where
/// tables could not tell two runs apart: equal title, protocol and seed. Throws Interrupted
/// where the user stops it.
std::vector<EvaluableRun> open_evaluable_runs(
    const std::vector<std::filesystem::path>& roots,
    const std::vector<std::filesystem::path>& data,
    int64_t num_threads,
    const Progress& progress);

}  // namespace sep
