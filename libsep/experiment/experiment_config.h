#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "libsep/core/config.h"
#include "libsep/data/dataset.h"
#include "libsep/data/fold.h"
#include "libsep/dsp/stft.h"
#include "libsep/eval/tables.h"
#include "libsep/mixing/mixer.h"
#include "libsep/model/device.h"
#include "libsep/model/mask_inference.h"
#include "libsep/train/trainer.h"

namespace sep {

/// How trainings relate to one another (docs/protocol.md).
enum class Protocol {
  kClean,   ///< each (fold, instrument) a new model; the target by name; validation in
            ///< evaluation mode
  kLegacy,  ///< as published: weights and Adam carried from item to item, the bassoon
            ///< models' target is the rest, validation in training mode
};
template <>
struct EnumNames<Protocol> {
  static constexpr std::pair<Protocol, std::string_view> kValues[] = {
      {Protocol::kClean, "clean"}, {Protocol::kLegacy, "legacy"}};
};

/// What the legacy protocol does as published; each can be switched off to see what it
/// alone is worth.
struct LegacyOptions {
  bool published_target = true;  ///< the bassoon models learn the rest
  bool carried_weights = true;   ///< weights, statistics and Adam go on from item to item
  bool validation_in_training_mode = true;  ///< dropout on, the statistics updated

  template <class Archive>
  void visit(Archive& archive) {
    archive("published_target", published_target);
    archive("carried_weights", carried_weights);
    archive("validation_in_training_mode", validation_in_training_mode);
  }
};

struct DataOptions {
  std::string path;  ///< the dataset; empty: --data or $BACH10_ROOT
  DatasetLayout layout = DatasetLayout::kAuto;  ///< auto, bach10 or stem_folder

  template <class Archive>
  void visit(Archive& archive) {
    archive("path", path);
    archive("layout", layout);
  }
};

enum class ModelType { kMaskInference };
template <>
struct EnumNames<ModelType> {
  static constexpr std::pair<ModelType, std::string_view> kValues[] = {
      {ModelType::kMaskInference, "mask_inference"}};
};

struct ModelOptions {
  ModelType type = ModelType::kMaskInference;
  MaskInferenceOptions mask_inference;  ///< its keys stand beside `type`

  void validate() const { mask_inference.validate(); }

  template <class Archive>
  void visit(Archive& archive) {
    archive("type", type);
    mask_inference.visit(archive);
  }
};

/// An experiment: everything that decides its numbers. The defaults are the thesis's
/// model A. docs/config.md has every key.
struct ExperimentConfig {
  std::string title;  ///< its row in tables, "Model A"; empty: the file's name
  Protocol protocol = Protocol::kClean;
  LegacyOptions legacy;  ///< used by that protocol only
  int64_t seed = 0;      ///< of initial values and dropout; at least 0
  DeviceChoice device = DeviceChoice::kAuto;
  DataOptions data;
  SplitOptions split;
  StftOptions stft;
  MixtureOptions mixtures;
  ModelOptions model;
  TrainOptions train;

  /// Which of the published habits this experiment follows: none in the clean protocol.
  LegacyOptions published_habits() const;

  /// Throws ConfigError that names the field, its value and its bound.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("title", title);
    archive("protocol", protocol);
    archive("legacy", legacy);
    archive("seed", seed);
    archive("device", device);
    archive("data", data);
    archive("split", split);
    archive("stft", stft);
    archive("mixtures", mixtures);
    archive("model", model);
    archive("train", train);
  }
};

/// read_config() with the title filled in from the file's name.
ExperimentConfig read_experiment(const std::filesystem::path& path,
                                 const std::vector<ConfigOverride>& overrides = {});

/// The label of an experiment in the thesis's tables.
ThesisLabel thesis_label(const ExperimentConfig& config);

/// The fields that decide a run's numbers: all but where the data lies.
std::vector<ConfigField> identity_fields(const ExperimentConfig& config);

/// The dataset of an experiment: `path` where given, then the config's, then
/// $BACH10_ROOT. Throws Error where none is given, and as open_dataset().
Dataset open_experiment_data(const ExperimentConfig& config,
                             const std::filesystem::path& path);

}  // namespace sep
