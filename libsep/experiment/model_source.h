#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "libsep/model/model_file.h"

namespace sep {

/// Which models to take from where a user points.
struct ModelChoice {
  std::filesystem::path path;  ///< a checkpoint (safetensors), a nussl checkpoint (a
                               ///< PyTorch file), told by their first bytes, a run
                               ///< directory, or the name of a model that comes with libsep
                               ///< (checkpoint/model_library.h)
  int64_t fold = 0;  ///< of a run directory, from 1; 0: the first with all that is wanted
  std::vector<StemName> stems;  ///< of a nussl checkpoint: what its estimate is called;
                                ///< otherwise those wanted, a target ("joint") being all
                                ///< of its stems; empty: all
};

/// Models, and what a user should know of them.
struct ChosenModels {
  std::vector<LoadedModel> models;
  std::set<StemName> stems;  ///< those wanted, of all that the models give

  /// Of a run: which of the models are not trained to their end, and which instruments of
  /// the run's dataset, where that is still in its place, have none; a line each.
  std::vector<std::string> remarks;
};

/// The best models of one fold of a run, by instrument, or the one model of a file.
/// Throws Error where there is none, with the stems wanted that there is no model of, for a
/// nussl checkpoint without a name for its stem, for a fold of anything but a run
/// directory, for a model of a run that is of another training than its place says, and for
/// a file that is no model or a damaged one, with what is wrong with it.
ChosenModels load_models(const ModelChoice& choice);

/// The run directory that a model of `choice` lies in, as fold-01/violin/…; empty where
/// it lies in none.
std::filesystem::path run_of(const std::filesystem::path& model_path);

}  // namespace sep
