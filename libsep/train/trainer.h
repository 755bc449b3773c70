#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "libsep/core/progress.h"
#include "libsep/mixing/mixture_dataset.h"
#include "libsep/model/model_file.h"
#include "libsep/train/batch.h"
#include "libsep/train/sampler.h"
#include "libsep/train/training_state.h"

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

  /// All are trained; the best is kept, so that too many cost time alone. 1, as published
  /// for A to C; 3 for D to F.
  int64_t num_epochs = 1;  ///< 1 … 1e6

  /// Of Adam (Kingma, Ba, "Adam: a method for stochastic optimization", ICLR 2015; betas
  /// 0.9 and 0.999, eps 1e-8), constant. 1e-3 is that paper's and the published one. Higher
  /// for a small network and few updates (configs/quickstart.yaml: 1e-2), lower where the
  /// loss jumps about or comes to be no number.
  double learning_rate = 1e-3;  ///< above 0, at most 10

  /// A new order of the examples in each pass. Off, as published: batches then have the
  /// same members in each pass. Of use where a set is several batches and seen many times.
  bool shuffle = false;

  /// A random segment of each example, drawn anew in each update, instead of all of it; for
  /// long mixtures: time and memory of an update shrink in proportion, and so does what the
  /// LSTM can learn to remember. Validation hears examples whole in any case.
  double segment_seconds = 0.0;  ///< 0 … 3600, 0: all of it, as published

  /// The layers in bfloat16; CUDA only. Off, so that numbers compare with the CPU's. The
  /// one time it was looked at (model E, an H100) it was no faster.
  bool mixed_precision = false;

  int64_t num_iterations() const { return iterations_per_epoch * num_epochs; }

  /// Throws ConfigError that names the field, its value and its bound.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("batch_size", batch_size);
    archive("micro_batch_size", micro_batch_size);
    archive("iterations_per_epoch", iterations_per_epoch);
    archive("num_epochs", num_epochs);
    archive("learning_rate", learning_rate);
    archive("shuffle", shuffle);
    archive("segment_seconds", segment_seconds);
    archive("mixed_precision", mixed_precision);
  }
};

/// How the validation loss is computed.
enum class ValidationMode {
  kEvaluation,  ///< dropout off, the running statistics of batch norm used, nothing moved:
                ///< the default, since it is the model that will be used
  kTraining,    ///< as published: dropout on, and validation examples move the statistics.
                ///< Only to repeat published numbers
};

/// One training: a (fold, instrument).
struct TrainingSetup {
  ModelDescription description;  ///< goes into the checkpoints
  TrainOptions options;
  ValidationMode validation = ValidationMode::kEvaluation;

  /// Seeds of the uses of chance, each of its own, so that another dropout changes no
  /// initial value: give each a stream_seed() of the experiment's seed (random.h).
  uint64_t init_seed = 0;      ///< of the initial values
  uint64_t dropout_seed = 0;   ///< of all dropout of this training
  uint64_t sampling_seed = 0;  ///< of the order of examples and of segments

  std::filesystem::path folder;  ///< where its files go; must exist

  /// A training state whose weights, statistics and Adam are carried on, its iterations and
  /// history not; empty: a new model. A state in `folder` goes before it.
  std::filesystem::path start_from;
  bool keep_state = false;  ///< leave state.safetensors at the end, for a successor's
                            ///< start_from; otherwise it goes when the training is done

  torch::Device device = torch::kCPU;

  /// Between two states: what a kill loses at most; an interrupt loses nothing. Saving each
  /// minute takes less than 0.5 % of a training of model A or E (docs/reliability.md).
  double save_interval_seconds = 60.0;
};

/// The files of one training, below its folder.
struct TrainingFiles {
  explicit TrainingFiles(const std::filesystem::path& folder);
  std::filesystem::path best;     ///< best.safetensors
  std::filesystem::path last;     ///< last.safetensors
  std::filesystem::path history;  ///< history.csv
  std::filesystem::path state;    ///< state.safetensors, while it is under way

  /// Whether a training of so many epochs has ended: best and last are there, and
  /// history, which is written last, has all epochs.
  bool is_done(int64_t num_epochs) const;
};

struct TrainSummary {
  enum class StoppedBy { kMaxEpochs, kInterrupt };
  StoppedBy stopped_by = StoppedBy::kMaxEpochs;
  int64_t num_epochs = 0;
  int64_t num_iterations = 0;  ///< done now, not in an earlier call
  int64_t best_epoch = 0;
  double best_validation_loss = 0.0;
  double seconds = 0.0;
  std::filesystem::path best_checkpoint;

  /// "best epoch 2 of 3: validation loss 3.18e-04, 812.4 s"
  std::string brief_report() const;
};

/// Trains one model by the published rules: an epoch is a number of iterations, the pass
/// over the batches goes on across epochs (sampler.h); after each epoch one pass over
/// the validation examples, whole and in their order; best.safetensors is the epoch with
/// the lowest mean validation loss (ties: the later), last.safetensors the latest.
///
/// Goes on from state.safetensors in its folder with the same bits as if it had never
/// stopped.
class Trainer {
 public:
  /// Throws ConfigError for options out of their bounds and for mixed_precision without
  /// CUDA; Error where the folder is not there, and where a state is damaged or that of
  /// another training, with the file's name.
  explicit Trainer(const TrainingSetup& setup);

  /// Trains what is left. Where progress.stop_requested(), it ends before the next
  /// iteration with its state saved, and the summary says so.
  ///
  /// Throws Error where there is no example to train or validate on (before anything is
  /// trained), where examples of a batch differ in shape, and where the state says that the
  /// training has ended but a checkpoint is not there. Throws Failure where the disk is
  /// full, and where a loss or a gradient is not finite, before a weight moves; what was
  /// saved last stays:
  ///
  ///     fold 1 violin: the loss of iteration 7 is nan, on mixtures 3, 0 (largest magnitude
  ///     of the mixtures nan, of the targets 0.0983)
  ///
  /// What `train.epoch()` throws comes through.
  TrainSummary run(ExampleSource& train,
                   const MixtureDataset& validation,
                   Progress& progress);

  /// With the same examples in every epoch.
  TrainSummary run(const MixtureDataset& train,
                   const MixtureDataset& validation,
                   Progress& progress);

 private:
  void start();
  SamplingOptions sampling() const;
  double update(ExampleSource& train);
  double validate(const MixtureDataset& validation);
  void check_finite(double value,
                    const std::string& what,
                    const std::vector<int64_t>& examples,
                    const Batch& batch) const;
  void end_epoch(double validation_loss);
  void finish_last_epoch() const;
  std::string name() const;
  void save_state() const;
  uint64_t dropout_seed(const char* use, int64_t index) const;

  TrainingSetup setup_;
  TrainingFiles files_;
  SamplingOptions sampling_;
  std::shared_ptr<MaskEstimator> model_;
  std::unique_ptr<torch::optim::Adam> optimizer_;
  TrainingCursor cursor_;
};

}  // namespace sep
