#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "libsep/data/dataset.h"
#include "libsep/data/fold.h"
#include "libsep/experiment/run_directory.h"

namespace sep {

/// A run that can be evaluated: it has trained models, each the one its place says, and
/// its dataset is this one.
class EvaluableRun {
 public:
  /// Throws Error where the run has no trained model, one is damaged or of another
  /// training, or its dataset is another one. Reads all models, and all stems on so many
  /// threads (0: one a core).
  EvaluableRun(RunDirectory run, Dataset dataset, int64_t num_threads);

  const RunDirectory& run() const { return run_; }
  const Dataset& dataset() const { return dataset_; }
  const std::vector<Fold>& folds() const { return folds_; }

  /// By fold: the trainings that have a best checkpoint.
  const std::map<int64_t, std::vector<RunItem>>& items() const { return items_; }

  /// Those of them that are not done, "fold 3 violin".
  std::vector<std::string> unfinished() const;

  /// "Incomplete: violin 3 of 10 folds." of trained instruments with fewer done trainings
  /// than folds; empty where there is none.
  std::string remark() const;

 private:
  void check_models() const;

  RunDirectory run_;
  Dataset dataset_;
  std::vector<Fold> folds_;
  std::map<int64_t, std::vector<RunItem>> items_;
};

/// Throws Error, with both names, where tables could not tell two runs apart: equal title,
/// protocol and seed.
void check_distinct(const std::vector<EvaluableRun>& runs);

}  // namespace sep
