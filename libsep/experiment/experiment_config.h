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
#include "libsep/experiment/targets.h"
#include "libsep/mixing/mixer.h"
#include "libsep/mixing/segments.h"
#include "libsep/model/device.h"
#include "libsep/model/networks.h"
#include "libsep/train/train_options.h"

namespace sep {

/// How trainings relate to one another (docs/protocol.md).
enum class Protocol {
  kClean,   ///< each (fold, instrument) a new model; the target by name; validation in
            ///< evaluation mode. The default, and the one for results of one's own: no
            ///< model has heard its test piece, and trainings run side by side
  kLegacy,  ///< as published: weights and Adam carried from item to item, the bassoon
            ///< models' target is the rest, validation in training mode. To explain the
            ///< published table; its trainings are a chain and run one by one
};
template <>
struct EnumNames<Protocol> {
  static constexpr std::pair<Protocol, std::string_view> kValues[] = {
      {Protocol::kClean, "clean"}, {Protocol::kLegacy, "legacy"}};
};

/// What the legacy protocol does as published: leave all three on to repeat the published
/// table, switch all but one off to see what that one is worth. Figures: SI-SDR of model A,
/// ten folds, one habit against none (experiments/reproduction). All three are to be off in
/// the clean protocol, where they are not asked for.
struct LegacyOptions {
  /// The bassoon models learn the rest: -0.9 dB for the bassoon, nothing for the others.
  bool published_target = true;

  /// Weights, statistics and Adam go on from item to item, so that most models have heard
  /// their test piece: -1.7 to -0.1 dB with ten updates a training, since the last one was
  /// of another instrument. Off, trainings can run side by side.
  bool carried_weights = true;

  /// Dropout on in validation, which moves the statistics: at most 0.05 dB.
  bool validation_in_training_mode = true;

  template <class Archive>
  void visit(Archive& archive) {
    archive("published_target", published_target);
    archive("carried_weights", carried_weights);
    archive("validation_in_training_mode", validation_in_training_mode);
  }
};

/// What a training hears.
enum class ExamplesKind {
  kMixtures,  ///< a few mixtures a fold, rendered once (`mixtures`), heard again and again:
              ///< the thesis's
  kSegments,  ///< random segments of the stems, mixed anew in each update: for trainings of
              ///< more than some hundred updates, which would learn few mixtures by heart.
              ///< Validated on whole pieces
};
template <>
struct EnumNames<ExamplesKind> {
  static constexpr std::pair<ExamplesKind, std::string_view> kValues[] = {
      {ExamplesKind::kMixtures, "mixtures"}, {ExamplesKind::kSegments, "segments"}};
};

struct ExamplesOptions {
  ExamplesKind kind = ExamplesKind::kMixtures;
  SegmentOptions segments;  ///< of that kind; its keys stand beside `kind`

  /// Throws ConfigError as SegmentOptions.
  void validate() const { segments.validate(); }

  template <class Archive>
  void visit(Archive& archive) {
    archive("kind", kind, "what a training hears");
    segments.visit(archive);
  }
};

/// An experiment: everything that decides its numbers. The defaults are the thesis's
/// model A, which trains in seconds and separates little; configs/model_e.yaml is the
/// thesis's best. docs/config.md has every key.
struct ExperimentConfig {
  std::string title;  ///< its row in tables, "Model A"; empty: the file's name. Runs of one
                      ///< title, protocol and seed cannot stand in one table
  Protocol protocol = Protocol::kClean;
  LegacyOptions legacy;  ///< used by that protocol only

  /// Of initial values, dropout and sampling; at least 0. Another one shows what is chance:
  /// 0.1 to 0.2 dB of a mean over ten folds of model A or C. Mixtures stay, they have
  /// seeds of their own (mixtures.first_seed).
  int64_t seed = 0;

  /// Part of a run's identity, since a CUDA device rounds otherwise than a CPU; kAuto is
  /// decided when a run begins. For models A to E a CUDA device is no must (benchmarks/).
  DeviceChoice device = DeviceChoice::kAuto;
  DataOptions data;
  SplitOptions split;  ///< empty: leave-one-out, which uses few pieces best; lists where a
                       ///< split is given, or pieces are too many for a fold each

  /// Windows of 512, as published, bound what can be learnt: the amplitude mask, the loss's
  /// optimum, scores 5 to 7 dB more on Bach10 with 4096.
  StftOptions stft;
  MixtureOptions mixtures;
  ExamplesOptions examples;
  Targets targets = {{"each"}};
  NetworkKind model{"mask_inference"};
  TrainOptions train;

  /// Which of the published habits this experiment follows: none in the clean protocol.
  LegacyOptions published_habits() const;

  /// Throws ConfigError that names the field, its value and its bound.
  void validate() const;

  /// Keys of libsep 0.1.
  static ConfigAliases aliases() {
    return {{"train.learning_rate", "train.optimizer.learning_rate"}};
  }

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
    archive("examples", examples, "what a training hears");
    archive("targets", targets, "each, joint, or groups of instruments");
    archive("model", model, "the network");
    archive("train", train);
  }
};

/// The experiment in a YAML file, with `overrides` (--set) above it and the title filled in
/// from the file's name. Throws Error with file and line, or the override, for a file that
/// cannot be read or is no YAML, for a key that there is not or twice, and for a value out
/// of its bounds; and where the name is to be the title but is no line of UTF-8.
ExperimentConfig read_experiment(const std::filesystem::path& path,
                                 const std::vector<ConfigOverride>& overrides = {});

/// The label of an experiment in the thesis's tables.
ThesisLabel thesis_label(const ExperimentConfig& config);

/// The fields that decide a run's numbers: all but where the data lies.
std::vector<ConfigField> identity_fields(const ExperimentConfig& config);

}  // namespace sep
