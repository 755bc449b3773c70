#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "libsep/core/progress.h"
#include "libsep/mixing/mixture_dataset.h"
#include "libsep/model/model_file.h"
#include "libsep/train/batch.h"
#include "libsep/train/sampler.h"
#include "libsep/train/training_state.h"

namespace sep {

struct TrainOptions {
  int64_t batch_size = 5;        ///< examples; 1 … 1e6
  int64_t micro_batch_size = 0;  ///< examples a pass through the layers, to save
                                 ///< memory; 0 … 1e6, 0: all of the batch (gradients.h)
  int64_t iterations_per_epoch = 10;  ///< updates; 1 … 1e6
  int64_t num_epochs = 1;             ///< 1 … 1e6
  double learning_rate = 1e-3;        ///< of Adam (betas 0.9, 0.999, eps 1e-8); above 0,
                                      ///< at most 10
  bool shuffle = false;               ///< a new order of the examples in each pass
  double segment_seconds = 0.0;       ///< of a random segment of each example, drawn anew
                                      ///< at each update; 0 … 3600, 0: all of it, as
                                      ///< published
  bool mixed_precision = false;       ///< layers in bfloat16; CUDA only

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

enum class ValidationMode {
  kEvaluation,  ///< dropout off, the running statistics of batch norm used
  kTraining,    ///< as published: dropout on, and the statistics are updated
};

/// One training: a (fold, instrument).
struct TrainingSetup {
  ModelDescription description;  ///< goes into the checkpoints
  TrainOptions options;
  ValidationMode validation = ValidationMode::kEvaluation;
  uint64_t init_seed = 0;            ///< of the initial values
  uint64_t dropout_seed = 0;         ///< of all dropout of this training
  uint64_t sampling_seed = 0;        ///< of the order of examples and of segments
  std::filesystem::path folder;      ///< where its files go; must exist
  std::filesystem::path start_from;  ///< a training state whose weights, statistics and
                                     ///< Adam are carried on; empty: a new model
  bool keep_state = false;           ///< leave state.safetensors at the end for a successor
  torch::Device device = torch::kCPU;
  double save_interval_seconds = 60.0;  ///< at most so much work is lost
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
/// stopped. Throws Failure where a loss or a gradient is not finite, before it moves a
/// weight; the message has the iteration and its mixtures.
class Trainer {
 public:
  /// Throws Error where a state file does not fit the model, ConfigError for
  /// mixed_precision without CUDA. run() throws Error where the state says that the
  /// training has ended but a checkpoint is not there.
  explicit Trainer(const TrainingSetup& setup);

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
                    const char* what,
                    int64_t first_example,
                    const Batch& batch) const;
  void end_epoch(double validation_loss);
  void finish_last_epoch() const;
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
