#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "libsep/core/progress.h"
#include "libsep/eval/evaluator.h"
#include "libsep/eval/table_files.h"
#include "libsep/experiment/evaluable_run.h"
#include "libsep/separation/separator.h"

namespace sep {

/// What of a run is scored besides its models' estimates, and on what.
struct RunEvaluationOptions {
  bool ideal_masks = false;
  DeviceChoice device = DeviceChoice::kAuto;  ///< whatever the run was trained on
  int64_t num_threads = 0;                    ///< of all that the evaluation does, as far
                                              ///< as sep::num_threads() allows; 0: so many
  FurtherMetrics further = {};                ///< besides `si`
  SeparatorOptions separation = {};

  /// A title as tables have it: with what the separation has beside its models.
  std::string titled(const std::string& title) const;

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

/// A test piece as it was separated and scored, while it is there.
struct EvaluatedPiece {
  const EvaluableRun& run;
  int64_t fold;  ///< from 1
  const Piece& piece;
  const PieceAudio& audio;
  const std::map<StemName, Signal>& estimates;
  const std::vector<ScoreRow>& rows;
};
using PieceListener = std::function<void(const EvaluatedPiece&)>;

/// Throws Error where a model of its first fold cannot be run so
/// (SeparatorOptions::check()), and where it cannot be read: before any run is evaluated.
void check_separable(const EvaluableRun& run, const SeparatorOptions& options);

/// Separates and scores the test pieces of every fold that has a trained model, with its
/// best checkpoints, each once, and tells `listener` of each piece; a note for each
/// training that is not done, and for another device than the run's. Throws Error where
/// there is no such device and where a model or a file of the dataset cannot be read;
/// Interrupted where the user stops it.
RunScores evaluate_run(const EvaluableRun& run,
                       const RunEvaluationOptions& options,
                       Progress& progress,
                       const PieceListener& listener = {});

/// Writes the tables of some runs into `out`: scores.csv, summary.csv, summary.md, those of
/// further metrics, and under clean/ or legacy/ the thesis's tables, one a run and one a
/// trained instrument. Runs whose tables would bear one name have theirs told apart by the
/// run's seed, then by its number among those given. Removes those of an earlier evaluation
/// as write_table_files() does; seeds.csv and comparison.csv are add_comparisons()'s.
TablesWritten write_tables(const std::filesystem::path& out,
                           const std::vector<RunScores>& runs,
                           const FurtherMetrics& further = {},
                           ModelComparison comparison = ModelComparison::kNone);

}  // namespace sep
