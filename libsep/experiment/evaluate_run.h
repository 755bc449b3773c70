#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "libsep/core/progress.h"
#include "libsep/eval/evaluator.h"
#include "libsep/experiment/evaluable_run.h"

namespace sep {

/// What of a run is scored besides its models' estimates, and on what.
struct RunEvaluationOptions {
  bool ideal_masks = false;
  DeviceChoice device = DeviceChoice::kAuto;  ///< whatever the run was trained on
  int64_t num_threads = 0;                    ///< of all that the evaluation does, as far
                                              ///< as sep::num_threads() allows; 0: so many

  /// What is scored of a piece, `stft` that of the models.
  EvaluationOptions of_pieces(const StftOptions& stft) const;
};

/// A run and the scores of its test pieces.
struct RunScores {
  ExperimentConfig config;
  std::vector<StemName> instruments;  ///< the dataset's, in the order of tables
  std::vector<ScoreRow> rows;         ///< by fold, piece, instrument
  std::string remark;                 ///< EvaluableRun::remark()
};

/// Separates and scores the test pieces of every fold that has a trained model, with its
/// best checkpoints; a note for each training that is not done, and for another device
/// than the run's. Throws Error where there is no such device and where a model or a file
/// of the dataset cannot be read; Interrupted where the user stops it.
RunScores evaluate_run(const EvaluableRun& run,
                       const RunEvaluationOptions& options,
                       Progress& progress);

/// What an evaluation did to the tables in its folder.
struct TablesWritten {
  std::vector<std::filesystem::path> written;
  std::vector<std::filesystem::path> removed;
};

/// Writes the tables of some runs into `out`: scores.csv, summary.csv, summary.md, and
/// under clean/ or legacy/ the thesis's tables, one a run and one a trained instrument.
/// Runs whose tables would bear one name have theirs told apart by the run's seed, then by
/// its number among those given.
///
/// Removes the thesis's tables of an earlier evaluation that are not written now. They are
/// known by a hidden list, `out`/.tables: files of the same kind from elsewhere stay. The
/// list always holds what may be there, also after a kill.
TablesWritten write_tables(const std::filesystem::path& out,
                           const std::vector<RunScores>& runs);

/// The same without the thesis's tables, for rows that belong to no run.
TablesWritten write_score_tables(const std::filesystem::path& out,
                                 const std::vector<ScoreRow>& rows);

}  // namespace sep
