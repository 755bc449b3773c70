#include "libsep/train/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/random.h"
#include "libsep/model/serial_math.h"
#include "libsep/train/gradients.h"
#include "libsep/train/loss.h"

namespace sep {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kMaxCount = 1000000;  // products of two fit well
constexpr double kMaxLearningRate = 10.0;
constexpr double kMaxSegmentSeconds = 3600.0;  // as of a mixture

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

void TrainOptions::validate() const {
  check_bounds("batch_size", batch_size, 1, kMaxCount);
  check_bounds("micro_batch_size", micro_batch_size, 0, kMaxCount);
  check_bounds("iterations_per_epoch", iterations_per_epoch, 1, kMaxCount);
  check_bounds("num_epochs", num_epochs, 1, kMaxCount);
  check_positive("learning_rate", learning_rate, kMaxLearningRate);
  check_bounds("segment_seconds", segment_seconds, 0.0, kMaxSegmentSeconds);
}

TrainingFiles::TrainingFiles(const std::filesystem::path& folder)
    : best(folder / "best.safetensors"),
      last(folder / "last.safetensors"),
      history(folder / "history.csv"),
      state(folder / "state.safetensors") {}

bool TrainingFiles::is_done(int64_t num_epochs) const {
  return is_there(best) && is_there(last) && is_there(history) &&
         static_cast<int64_t>(read_history(history).size()) == num_epochs;
}

std::string TrainSummary::brief_report() const {
  return fmt::format("best epoch {} of {}: validation loss {:.3e}, {:.1f} s",
                     best_epoch,
                     num_epochs,
                     best_validation_loss,
                     seconds);
}

Trainer::Trainer(const TrainingSetup& setup)
    : setup_(setup), files_(setup.folder), model_(make_model(setup.description)) {
  setup_.options.validate();
  if (setup_.options.mixed_precision && !setup_.device.is_cuda()) {
    throw ConfigError("mixed_precision", " = true: wants a CUDA device");
  }
  std::error_code error;
  SEP_CHECK(std::filesystem::is_directory(setup_.folder, error),
            "{}: wants a folder, for the files of a training",
            setup_.folder.string());
  model_->use_bfloat16(setup_.options.mixed_precision);
  sampling_ = sampling();
  start();
}

/// New, carried on from a predecessor, or gone on with: the file in the folder decides.
void Trainer::start() {
  model_->init_parameters(RandomStream(setup_.init_seed));
  model_->to(setup_.device);
  optimizer_ = std::make_unique<torch::optim::Adam>(
      model_->parameters(), torch::optim::AdamOptions(setup_.options.learning_rate));
  if (is_there(files_.state)) {
    cursor_ = load_training_state(files_.state, *model_, *optimizer_, &setup_.description);
  } else if (!setup_.start_from.empty()) {
    load_training_state(setup_.start_from, *model_, *optimizer_);
  }
}

TrainSummary Trainer::run(const MixtureDataset& train,
                          const MixtureDataset& validation,
                          Progress& progress) {
  FixedExamples examples(train);
  return run(examples, validation, progress);
}

TrainSummary Trainer::run(ExampleSource& train,
                          const MixtureDataset& validation,
                          Progress& progress) {
  SEP_CHECK(
      validation.size() >= 1, "{}: no examples to validate on, wants at least one", name());
  const SerialMath serial;
  const auto start = Clock::now();
  auto last_save = start;
  const int64_t first_iteration = cursor_.iteration;
  const auto& options = setup_.options;
  TrainSummary summary;
  progress.begin(name(), options.num_iterations(), "iterations");
  progress.update(cursor_.iteration);
  finish_last_epoch();
  while (cursor_.iteration < options.num_iterations()) {
    if (progress.stop_requested()) {
      summary.stopped_by = TrainSummary::StoppedBy::kInterrupt;
      save_state();
      break;
    }
    const double loss = update(train);
    progress.update(cursor_.iteration, fmt::format("loss {:.3e}", loss));
    if (cursor_.iteration % options.iterations_per_epoch == 0) {
      end_epoch(validate(validation));
      last_save = Clock::now();
    } else if (seconds_since(last_save) > setup_.save_interval_seconds) {
      save_state();
      last_save = Clock::now();
    }
  }
  progress.end();
  summary.num_epochs = static_cast<int64_t>(cursor_.history.size());
  summary.num_iterations = cursor_.iteration - first_iteration;
  summary.best_epoch = cursor_.best_epoch;
  summary.best_validation_loss = cursor_.best_validation_loss;
  summary.seconds = seconds_since(start);
  summary.best_checkpoint = files_.best;
  return summary;
}

SamplingOptions Trainer::sampling() const {
  const auto& description = setup_.description;
  SamplingOptions sampling;
  sampling.batch_size = setup_.options.batch_size;
  sampling.shuffle = setup_.options.shuffle;
  sampling.seed = setup_.sampling_seed;
  if (setup_.options.segment_seconds > 0.0) {
    sampling.num_frames =
        Stft(description.stft)
            .num_frames(std::llround(setup_.options.segment_seconds *
                                     static_cast<double>(description.sample_rate)));
  }
  return sampling;
}

/// One iteration: the next batch of the pass, loss, gradients, Adam. Weights move only
/// once loss and gradients are known to be finite.
double Trainer::update(ExampleSource& train) {
  const auto& examples =
      train.epoch(cursor_.iteration / setup_.options.iterations_per_epoch);
  const auto items = sample_batch(sampling_, examples, cursor_.iteration);
  const auto batch = make_batch(examples, items, sampling_.num_frames, setup_.device);
  model_->train();
  optimizer_->zero_grad();
  const auto value = loss_and_gradients(*model_,
                                        batch,
                                        dropout_seed("update", cursor_.iteration),
                                        setup_.options.micro_batch_size);
  std::vector<int64_t> seen(items.size());
  std::transform(items.begin(), items.end(), seen.begin(), [](const BatchItem& item) {
    return item.example;
  });
  const int64_t number = cursor_.iteration + 1;
  check_finite(value, fmt::format("loss of iteration {}", number), seen, batch);
  check_finite(
      gradient_norm(*model_), fmt::format("gradient of iteration {}", number), seen, batch);
  optimizer_->step();
  cursor_.iteration += 1;
  cursor_.epoch_loss_sum += value;
  return value;
}

/// Mean loss over the batches of the validation examples.
double Trainer::validate(const MixtureDataset& validation) {
  const torch::NoGradGuard no_gradients;
  model_->train(setup_.validation == ValidationMode::kTraining);
  const int64_t count = num_batches(validation, setup_.options.batch_size);
  double sum = 0.0;
  for (int64_t i = 0; i < count; ++i) {
    const auto batch = make_batch(validation, i, setup_.options.batch_size, setup_.device);
    const auto seed = dropout_seed("validation", cursor_.iteration * count + i);
    const auto mask = model_->forward(batch.mixture, seed);
    const auto loss = masked_magnitude_l1(mask, batch.mixture, batch.target).item<double>();
    std::vector<int64_t> examples(static_cast<size_t>(batch.mixture.size(0)));
    std::iota(examples.begin(), examples.end(), i * setup_.options.batch_size);
    check_finite(loss,
                 fmt::format("validation loss after iteration {}", cursor_.iteration),
                 examples,
                 batch);
    sum += loss;
  }
  return sum / static_cast<double>(count);
}

void Trainer::check_finite(double value,
                           const std::string& what,
                           const std::vector<int64_t>& examples,
                           const Batch& batch) const {
  if (std::isfinite(value)) return;
  throw Failure(fmt::format("{}: the {} is {}, on {}",
                            name(),
                            what,
                            std::abs(value),
                            describe_batch(batch, examples)));
}

/// Saves in an order in which a kill between any two files loses nothing: the state that
/// the training goes on from is written after the checkpoints and removed after history.
void Trainer::end_epoch(double validation_loss) {
  const auto& options = setup_.options;
  EpochRecord record;
  record.epoch = cursor_.iteration / options.iterations_per_epoch;
  record.iterations = cursor_.iteration;
  record.train_loss =
      cursor_.epoch_loss_sum / static_cast<double>(options.iterations_per_epoch);
  record.validation_loss = validation_loss;
  record.is_best = validation_loss <= cursor_.best_validation_loss;
  if (record.is_best) {
    cursor_.best_validation_loss = validation_loss;
    cursor_.best_epoch = record.epoch;
    save_model(files_.best, *model_, setup_.description);
  }
  save_model(files_.last, *model_, setup_.description);
  cursor_.history.push_back(record);
  cursor_.epoch_loss_sum = 0.0;
  const bool is_last = record.epoch == options.num_epochs;
  if (!is_last || setup_.keep_state) save_state();
  write_history(files_.history, cursor_.history);
  if (is_last && !setup_.keep_state) remove_file(files_.state);
}

/// A training killed after its last state was saved, but before its history was written,
/// has nothing left to iterate.
void Trainer::finish_last_epoch() const {
  if (cursor_.iteration < setup_.options.num_iterations()) return;
  for (const auto& path : {files_.best, files_.last}) {
    SEP_CHECK(
        is_there(path),
        "{}: missing, though its training has ended; remove its folder to train again",
        path.string());
  }
  write_history(files_.history, cursor_.history);
  if (!setup_.keep_state) remove_file(files_.state);
}

std::string Trainer::name() const {
  return fmt::format("fold {} {}", setup_.description.fold, setup_.description.instrument);
}

void Trainer::save_state() const {
  save_training_state(files_.state, setup_.description, *model_, *optimizer_, cursor_);
}

uint64_t Trainer::dropout_seed(const char* use, int64_t index) const {
  return stream_seed(setup_.dropout_seed, use, {index});
}

}  // namespace sep
