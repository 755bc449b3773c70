#pragma once

#include <filesystem>
#include <vector>

#include "libsep/experiment/evaluate_run.h"
#include "libsep/model/model_file.h"

namespace sep {

/// A model that belongs to no run known here, as those of nussl.
struct SingleModel {
  std::filesystem::path path;
  LoadedModel model;

  /// What the model says of itself; without a title, the file's name.
  ScoreRow label() const;
};

/// Throws Error, with both paths, where tables could not tell two models apart: equal
/// instrument, title, protocol and seed; where the dataset lacks an instrument; and, with
/// the paths of both, where a model wants another rate than the dataset has.
void check_models(const std::vector<SingleModel>& models, const Dataset& dataset);

/// Separates and scores every piece of a dataset with a model; pieces that it was trained
/// on included. Throws Error where the dataset's rate is another or one of its files cannot
/// be read, and where there is no such device; Interrupted where the user stops it.
std::vector<ScoreRow> evaluate_model(SingleModel model,
                                     const Dataset& dataset,
                                     const RunEvaluationOptions& options,
                                     Progress& progress);

}  // namespace sep
