#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libsep/train/losses.h"
#include "libsep/train/optimizer.h"
#include "libsep/train/schedule.h"
#include "libsep/train/start_weights.h"
#include "libsep/train/stopping.h"

namespace sep {

/// How a model is trained; `train.*` of an experiment. The defaults are those of the
/// thesis's model A, for comparison's sake: ten updates are few. Raise num_epochs first:
/// 75 updates instead of 10 (models D and C, ten folds) were worth 0.2 to 1.7 dB of SI-SDR
/// (experiments/reproduction).
struct TrainOptions {
  /// What an update sees. 5, as published. A set with fewer examples is seen whole in each
  /// update. Memory grows with it, some 0.3 GB for 25 s of model A, 0.6 of E; where that is
  /// too much, choose a micro_batch_size before a smaller batch: batch norm stays over the
  /// whole batch.
  int64_t batch_size = 5;  ///< examples; 1 … 1e6

  /// What goes through the layers at a time (gradients.h). 0, the whole batch, is fastest;
  /// 1 takes model E from 3.0 to 1.0 GB at three quarters of the speed (benchmarks/). It
  /// changes rounding alone, but training carries rounding far (docs/reliability.md):
  /// compare runs of one value.
  int64_t micro_batch_size = 0;  ///< examples; 0 … 1e6, 0: all of the batch

  /// What lies between two validations: an epoch is a number of updates, not a pass. 10, as
  /// published for A to C; 25 for D to F. Smaller epochs find the best one more exactly,
  /// and validate more often: ten examples cost as much as two thirds of an update of five.
  int64_t iterations_per_epoch = 10;  ///< updates; 1 … 1e6

  /// All are trained, unless `patience` ends it; the best is kept, so that too many cost
  /// time alone. 1, as published for A to C; 3 for D to F.
  int64_t num_epochs = 1;  ///< 1 … 1e6

  /// What is minimised: a sum of losses (loss.h). The published one is the default.
  std::vector<WeightedLoss> loss = {{1.0, Kind<losses>("magnitude_l1")}};

  Kind<optimizers> optimizer{"adam"};    ///< optimizer.h; Adam at 1e-3, as published
  Kind<schedules> schedule{"constant"};  ///< of the optimizer's learning rate; schedule.h

  /// What the norm of all gradients together is cut to; 0: as it is, as published. 5 where
  /// losses are ratios or examples differ much.
  double clip_norm = 0.0;  ///< 0 … 1e6

  /// Decay of an average of the weights (weight_average.h), which is then what is validated
  /// and saved; 0: none, as published. 0.99 for hundreds of updates.
  double average = 0.0;  ///< 0 … below 1

  /// What the best epoch is chosen by, and patience goes by: "loss", the validation loss,
  /// or a score in dB on whole validation pieces, "si_sdr".
  std::string choose_by = "loss";
  int64_t patience = 0;  ///< epochs without a better one that end a training; 0: none do

  /// A model file, a run's `best.safetensors` or the name of a model that comes with libsep
  /// (checkpoint/model_library.h), whose weights a training begins with; `{fold}` and
  /// `{target}` in it stand for its own. Empty: new ones.
  std::string start_from;
  WeightsToTake start_with = WeightsToTake::kAll;

  /// A new order of the examples in each pass. Off, as published: batches then have the
  /// same members in each pass. Of use where a set is several batches and seen many times.
  bool shuffle = false;

  /// A random segment of each example, drawn anew in each update, instead of all of it; for
  /// long mixtures: time and memory of an update shrink in proportion, and so does what the
  /// LSTM can learn to remember. Validation hears examples whole in any case.
  double segment_seconds = 0.0;  ///< 0 … 3600, 0: all of it, as published

  /// The layers' products in bfloat16, on CUDA devices and on processors with AVX512-BF16
  /// (has_fast_bfloat16()). Off, so that numbers compare with other machines' and results
  /// are those of float. An update of the quartet takes 0.64 of the time then
  /// (bench_joint); model E on an H100 was no faster, the one time it was looked at.
  bool mixed_precision = false;

  int64_t num_iterations() const { return iterations_per_epoch * num_epochs; }
  StoppingRule stopping() const { return {num_epochs, patience}; }

  /// Which way what the best epoch is chosen by gets better.
  Better better() const { return choose_by == "loss" ? Better::kLower : Better::kHigher; }

  /// Throws ConfigError that names the field, its value and its bound.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("batch_size", batch_size, "examples of an update");
    archive(
        "micro_batch_size", micro_batch_size, "examples in the layers at a time; 0: all");
    archive("iterations_per_epoch", iterations_per_epoch, "updates between validations");
    archive("num_epochs", num_epochs, "at most");
    archive("loss", loss, "what is minimised, a weighted sum");
    archive("optimizer", optimizer, "how gradients move weights");
    archive("schedule", schedule, "of the learning rate");
    archive("clip_norm", clip_norm, "largest norm of the gradient; 0: any");
    archive("average", average, "decay of an average of the weights; 0: none");
    archive("choose_by", choose_by, "what the best epoch is chosen by: loss, or a score");
    archive("patience", patience, "epochs without a better one that end it; 0: none do");
    archive(
        "start_from", start_from, "a model, file or name, whose weights it begins with");
    archive("start_with", start_with, "of those weights, all or the fitting ones");
    archive("shuffle", shuffle, "a new order of examples in each pass");
    archive("segment_seconds", segment_seconds, "of a random part of each example; 0: all");
    archive("mixed_precision", mixed_precision, "layers in bfloat16: CUDA, or AVX512-BF16");
  }
};

}  // namespace sep
