#include "libsep/experiment/item_training.h"

#include <utility>

#include "libsep/experiment/validation_scores.h"
#include "libsep/mixing/segments.h"
#include "libsep/mixing/whole_examples.h"
#include "libsep/train/waveform_batches.h"

namespace sep {
namespace {

/// Magnitudes of the mixture and one target are all that network and losses want.
bool wants_magnitudes_alone(const Trainer& trainer) {
  const auto& network = trainer.network();
  const auto needs = trainer.needs();
  return network.domain() == NetworkDomain::kMagnitude && network.num_stems() == 1 &&
         network.level() == InputLevel::kAsIs && !needs.phase && !needs.waveforms;
}

std::vector<StemName> sorted_instruments(const Dataset& dataset) {
  auto names = dataset.instruments;
  std::sort(names.begin(), names.end());
  return names;
}

TrainSummary on_magnitudes(const ItemTraining& what, Trainer& trainer, Progress& progress) {
  const auto examples = [&](const std::vector<Mixture>& mixtures,
                            const MixtureSpectra& spectra) {
    return MixtureDataset(
        mixtures, spectra, what.target.stems.front(), what.rule, what.num_threads);
  };
  const auto validation = examples(what.data.mixtures.validation, what.data.validation);
  if (what.config.mixtures.renew_each_epoch) {
    ExampleOptions options;
    options.instrument = what.target.stems.front();
    options.rule = what.rule;
    options.stft = what.config.stft;
    options.num_threads = what.num_threads;
    RenewedExamples renewed(
        what.renderer, what.data.fold, options, what.config.train.num_epochs);
    return trainer.run(renewed, validation, progress);
  }
  return trainer.run(
      examples(what.data.mixtures.train, what.data.train), validation, progress);
}

TrainSummary on_waveforms(const ItemTraining& what,
                          Trainer& trainer,
                          const WaveformExamples& train,
                          const WaveformExamples& validation,
                          int64_t validation_batch,
                          Progress& progress) {
  const auto& options = what.config.train;
  const BatchRecipe recipe(trainer.network(), what.config.stft, trainer.needs());
  const ChosenStems targets(train, what.target.stems);
  const ChosenStems held_out(validation, what.target.stems);
  SamplingOptions sampling;
  sampling.batch_size = options.batch_size;
  sampling.shuffle = options.shuffle;
  sampling.seed = what.setup.sampling_seed;
  WaveformBatches batches(
      targets, recipe, sampling, options.num_iterations(), what.setup.device);
  const WaveformValidation batches_held_out(
      held_out, recipe, validation_batch, what.setup.device);
  return trainer.run(batches, batches_held_out, progress);
}

TrainSummary on_mixtures(const ItemTraining& what, Trainer& trainer, Progress& progress) {
  if (wants_magnitudes_alone(trainer)) return on_magnitudes(what, trainer, progress);
  if (what.config.mixtures.renew_each_epoch) {
    throw ConfigError("mixtures.renew_each_epoch",
                      " = true: is for networks of one target's magnitudes; examples.kind "
                      "= segments gives new ones to any");
  }
  if (what.config.train.segment_seconds > 0.0) {
    throw ConfigError("train.segment_seconds",
                      fmt::format(" = {}: is for networks of one target's magnitudes; "
                                  "examples.kind = segments gives segments to any",
                                  what.config.train.segment_seconds));
  }
  const auto names = sorted_instruments(what.dataset);
  const MixtureExamples train(what.data.mixtures.train, names);
  const MixtureExamples validation(what.data.mixtures.validation, names);
  return on_waveforms(
      what, trainer, train, validation, what.config.train.batch_size, progress);
}

WholePieces validation_pieces(const ItemTraining& what) {
  return {what.stems, what.data.fold.validation, sorted_instruments(what.dataset)};
}

/// By root, where roots have weights.
std::vector<PieceGroup> training_groups(const ItemTraining& what) {
  const auto& train = what.data.fold.train;
  const auto& roots = what.dataset.roots;
  if (roots.empty() || roots.front().weight == 0.0) return {{train}};
  std::vector<PieceGroup> groups;
  for (const auto& root : roots) groups.push_back({{}, root.weight});
  for (const auto piece : train) {
    groups[what.dataset.pieces[piece].root].pieces.push_back(piece);
  }
  return groups;
}

}  // namespace

TrainSummary train_item(ItemTraining what, Progress& progress) {
  const auto& options = what.config.train;
  if (options.choose_by != "loss") {
    what.setup.scores = [&,
                         pieces = std::make_shared<WholePieces>(validation_pieces(what))](
                            Network& network) {
      return validation_scores(
          network, what.setup.description, *pieces, options.choose_by, what.setup.device);
    };
  }
  Trainer trainer(what.setup);
  if (what.config.examples.kind == ExamplesKind::kMixtures) {
    return on_mixtures(what, trainer, progress);
  }
  const SegmentExamples train(what.stems,
                              training_groups(what),
                              sorted_instruments(what.dataset),
                              what.config.examples.segments,
                              what.examples_seed);
  return on_waveforms(what, trainer, train, validation_pieces(what), 1, progress);
}

}  // namespace sep
