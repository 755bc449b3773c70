#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "libsep/core/progress.h"
#include "libsep/eval/evaluator.h"
#include "libsep/experiment/run_directory.h"

namespace sep {

/// A run and the scores of its test pieces.
struct RunScores {
  ExperimentConfig config;
  std::vector<StemName> instruments;  ///< the dataset's, in the order of tables
  std::vector<ScoreRow> rows;         ///< by fold, piece, instrument
};

/// Separates and scores the test pieces of every fold that has a trained model, with its
/// best checkpoints. `num_threads` of all; 0: one a core. Throws Error where the run has
/// no trained model, or its dataset is another one.
RunScores evaluate_run(const RunDirectory& run,
                       const Dataset& dataset,
                       bool ideal_masks,
                       int64_t num_threads,
                       Progress& progress);

/// Separates and scores every piece of a dataset with models that come from no run known
/// here, as those of nussl; pieces that they were trained on included. Rows are labelled
/// by what the models say of themselves, without a title by `name`. Throws Error where
/// the dataset lacks an instrument of theirs, or its rate is another one.
std::vector<ScoreRow> evaluate_models(std::vector<LoadedModel> models,
                                      const std::string& name,
                                      const Dataset& dataset,
                                      bool ideal_masks,
                                      int64_t num_threads,
                                      Progress& progress);

/// Writes the tables of some runs into `out`: scores.csv, summary.csv, summary.md, and
/// under clean/ or legacy/ the thesis's tables, one a run and one an instrument. Two runs
/// whose tables would bear one name (other seeds, say) have theirs told apart by the
/// run's seed. Gives the files written.
std::vector<std::filesystem::path> write_tables(const std::filesystem::path& out,
                                                const std::vector<RunScores>& runs);

/// The same without the thesis's tables, for rows that belong to no run.
std::vector<std::filesystem::path> write_score_tables(const std::filesystem::path& out,
                                                      const std::vector<ScoreRow>& rows);

}  // namespace sep
