#pragma once

#include <memory>

#include "libsep/core/progress.h"
#include "libsep/data/dataset.h"
#include "libsep/experiment/experiment_config.h"
#include "libsep/experiment/fold_examples.h"
#include "libsep/experiment/targets.h"
#include "libsep/mixing/stem_reader.h"
#include "libsep/train/trainer.h"

namespace sep {

/// What one training of a run hears, and how it is set up.
struct ItemTraining {
  const ExperimentConfig& config;
  const Dataset& dataset;
  std::shared_ptr<const StemReader> stems;  ///< of the dataset
  const MixtureRenderer& renderer;
  const FoldData& data;  ///< of its fold; mixtures only where config.examples says so
  const Target& target;
  TargetRule rule = TargetRule::kByName;
  TrainingSetup setup;
  uint64_t examples_seed = 0;  ///< of segments
  int64_t num_threads = 0;
};

/// Trains it, on what its config's `examples` says: mixtures as magnitudes where that is
/// all that network and losses need of them (as published), as waveforms elsewhere; or
/// random segments of the fold's training pieces, validated on its validation pieces,
/// whole. Throws what Trainer throws, and Error where pieces lack an instrument.
TrainSummary train_item(ItemTraining what, Progress& progress);

}  // namespace sep
