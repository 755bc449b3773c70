#pragma once

#include "libsep/core/config.h"
#include "libsep/data/dataset.h"
#include "libsep/data/fold.h"
#include "libsep/mixing/mixture_draw.h"

namespace sep {

/// What decides the mixtures of an experiment's folds, read from its config
/// (experiment/experiment_config.h): which pieces, in which folds, and how they are mixed.
/// These sections are read as strictly as there; the others are known, and mean nothing
/// here, so that their contents are not looked at.
struct MixingConfig {
  DataOptions data;
  SplitOptions split;
  MixtureOptions mixtures;

  template <class Archive>
  void visit(Archive& archive) {
    Unread elsewhere;
    for (const char* key : {"title", "protocol", "legacy", "seed", "device"}) {
      archive(key, elsewhere);
    }
    archive("data", data);
    archive("split", split);
    archive("mixtures", mixtures);
    for (const char* key : {"stft", "examples", "targets", "model", "train"}) {
      archive(key, elsewhere);
    }
  }
};

}  // namespace sep
