#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libsep/core/progress.h"
#include "libsep/model/model_file.h"
#include "libsep/train/batch_source.h"
#include "libsep/train/train_options.h"
#include "libsep/train/training_event.h"
#include "libsep/train/training_state.h"
#include "libsep/train/weight_average.h"

namespace sep {

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

  /// A training state whose weights, statistics and optimizer are carried on, its
  /// iterations and history not; empty: a new model, or options.start_from's weights. A
  /// state in `folder` goes before it.
  std::filesystem::path predecessor;
  bool keep_state = false;  ///< leave state.safetensors at the end, as a successor's
                            ///< predecessor; otherwise it goes when the training is done

  /// Scores of whole validation pieces by name, with the weights that would be saved, in
  /// evaluation mode; asked for after each epoch where options.choose_by names one. Must be
  /// the same for the same weights.
  std::function<std::map<std::string, double>(Network&)> scores;

  /// Told of each step; they must outlive the trainer.
  std::vector<TrainingListener*> listeners;

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

  /// Whether such a training has ended: best and last are there, and by history, which is
  /// written last, it is done (stopping.h).
  bool is_done(const TrainOptions& options) const;
};

struct TrainSummary {
  enum class StoppedBy { kMaxEpochs, kPatience, kInterrupt, kListener };
  StoppedBy stopped_by = StoppedBy::kMaxEpochs;
  int64_t num_epochs = 0;
  int64_t num_iterations = 0;  ///< done now, not in an earlier call
  int64_t best_epoch = 0;
  double best_validation_loss = 0.0;  ///< of the best epoch
  std::vector<EpochEvent> history;    ///< all epochs, those of earlier calls too
  double seconds = 0.0;
  std::filesystem::path best_checkpoint;

  /// "best epoch 2 of 3: validation loss 3.18e-04, 812.4 s"
  std::string brief_report() const;
};

/// Trains one model: an epoch is a number of iterations, after each epoch comes validation,
/// and best.safetensors is the epoch that is best by options.choose_by (ties: the later),
/// last.safetensors the latest. Defaults are the published rules: passes over the batches
/// go on across epochs (sampler.h), validation is one pass over whole examples in their
/// order.
///
/// Goes on from state.safetensors in its folder with the same bits as if it had never
/// stopped.
class Trainer {
 public:
  /// Throws ConfigError for options out of their bounds, for mixed_precision without CUDA,
  /// for a micro_batch_size where the network cannot be split, for a loss that needs what
  /// the network does not give and a score that there is not; Error where the folder is not
  /// there, and where a state or start_from is damaged or that of another training, with
  /// the file's name.
  explicit Trainer(const TrainingSetup& setup);

  /// Trains what is left. Where progress.stop_requested() or a listener says so, it ends
  /// before the next iteration with its state saved, and the summary says so.
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
  /// What the sources throw comes through.
  TrainSummary run(BatchSource& train,
                   const ValidationSource& validation,
                   Progress& progress);

  /// On mixtures, as published.
  TrainSummary run(ExampleSource& train,
                   const MixtureDataset& validation,
                   Progress& progress);

  /// With the same examples in every epoch.
  TrainSummary run(const MixtureDataset& train,
                   const MixtureDataset& validation,
                   Progress& progress);

  /// What the losses need of a batch, and the network that takes it.
  LossNeeds needs() const { return needs_; }
  const Network& network() const { return *network_; }

 private:
  void check_network() const;
  void start();
  SamplingOptions sampling() const;
  TrainSummary train_on(BatchSource& train,
                        const ValidationSource& validation,
                        Progress& progress);
  IterationEvent update(BatchSource& train);
  void move_weights(IterationEvent& event);
  EpochEvent validate(const ValidationSource& validation);
  double validation_loss(const ValidationSource& validation);
  void check_finite(double value, const std::string& what, const Batch& batch) const;
  void end_epoch(EpochEvent event);
  bool is_done() const;
  void finish_last_epoch() const;
  TrainSummary summarize(TrainSummary::StoppedBy stopped_by, int64_t first_iteration) const;
  std::string name() const;
  void save_state() const;
  uint64_t dropout_seed(const char* use, int64_t index) const;

  TrainingSetup setup_;
  TrainingFiles files_;
  std::shared_ptr<Network> network_;
  std::shared_ptr<LossSum> loss_;
  LossNeeds needs_;
  std::unique_ptr<Optimizer> optimizer_;
  std::unique_ptr<Schedule> schedule_;
  std::unique_ptr<WeightAverage> average_;  // null where nothing is averaged
  TrainingCursor cursor_;
  std::string start_note_;  // what came of options.start_from
};

}  // namespace sep
