#pragma once

#include <filesystem>
#include <vector>

#include "libsep/experiment/evaluate_run.h"

namespace sep {

/// A run that was evaluated.
struct EvaluatedRun {
  EvaluableRun run;
  RunScores scores;
};

/// Writes `folder`/index.html, the tables and a learning curve a training, and a page for
/// each test piece that has a trained model: players and pictures of the mixture, of each
/// estimate and of its reference, and the scores. Separates the pieces again, on `device`.
/// Gives the index's path. Throws Interrupted where the user stops it.
std::filesystem::path write_evaluation_report(const std::filesystem::path& folder,
                                              const std::vector<EvaluatedRun>& runs,
                                              DeviceChoice device,
                                              Progress& progress);

}  // namespace sep
