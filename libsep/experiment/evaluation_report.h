#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "libsep/experiment/evaluate_run.h"

namespace sep {

/// The pages of an evaluation, made while it goes on:
///
///     EvaluationReport report("eval/report", runs.size());
///     for (const auto& run : runs) {
///       const auto listener = [&](const EvaluatedPiece& piece) { report.add(piece); };
///       report.add(run, evaluate_run(run, options, progress, listener));
///     }
///     report.commit();
///
/// index.html has the tables and a learning curve a training; a page for each test piece
/// has players and pictures of the mixture, of each estimate and of its reference, and the
/// scores. Nothing is separated or read again for them. They appear together at the end,
/// and pages of an earlier evaluation stay until then (FileGroup).
class EvaluationReport {
 public:
  /// `num_runs` are to come; names of pages tell several apart. Throws Error where
  /// `folder` cannot be made.
  EvaluationReport(const std::filesystem::path& folder, size_t num_runs);
  ~EvaluationReport();
  EvaluationReport(const EvaluationReport&) = delete;
  EvaluationReport& operator=(const EvaluationReport&) = delete;

  /// The page of a piece, of the run that is evaluated.
  void add(const EvaluatedPiece& piece);

  /// Ends a run: its part of the index.
  void add(const EvaluableRun& run, const RunScores& scores);

  /// Gives the pages their names; the index's path. Throws Error or Failure where that
  /// cannot be done.
  std::filesystem::path commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sep
