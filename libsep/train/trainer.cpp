#include "libsep/train/trainer.h"

#include <chrono>
#include <cmath>
#include <optional>

#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/random.h"
#include "libsep/model/blstm.h"
#include "libsep/model/serial_math.h"
#include "libsep/train/gradients.h"

namespace sep {
namespace {

using Clock = std::chrono::steady_clock;
using StoppedBy = TrainSummary::StoppedBy;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

EstimateForm form_of(const Network& network) {
  return network.domain() == NetworkDomain::kMagnitude ? EstimateForm::kRealMasks
                                                       : EstimateForm::kWaveforms;
}

}  // namespace

TrainingFiles::TrainingFiles(const std::filesystem::path& folder)
    : best(folder / "best.safetensors"),
      last(folder / "last.safetensors"),
      history(folder / "history.csv"),
      state(folder / "state.safetensors") {}

bool TrainingFiles::is_done(const TrainOptions& options) const {
  if (!is_there(best) || !is_there(last) || !is_there(history)) return false;
  const auto values = chosen_values(read_history(history), options.choose_by);
  return sep::is_done(values, options.better(), options.stopping());
}

std::string TrainSummary::brief_report() const {
  return fmt::format("best epoch {} of {}: validation loss {:.3e}, {:.1f} s",
                     best_epoch,
                     num_epochs,
                     best_validation_loss,
                     seconds);
}

Trainer::Trainer(const TrainingSetup& setup)
    : setup_(setup),
      files_(setup.folder),
      network_(make_model(setup.description)),
      loss_(make_loss(setup.options.loss)) {
  setup_.options.validate();
  check_network();
  needs_ = loss_->needs(form_of(*network_));
  std::error_code error;
  SEP_CHECK(std::filesystem::is_directory(setup_.folder, error),
            "{}: wants a folder, for the files of a training",
            setup_.folder.string());
  network_->use_bfloat16(setup_.options.mixed_precision);
  schedule_ = setup_.options.schedule.make();
  start();
}

void Trainer::check_network() const {
  const auto& options = setup_.options;
  if (options.mixed_precision && !has_fast_bfloat16(setup_.device)) {
    throw ConfigError("mixed_precision",
                      " = true: wants a CUDA device, or a processor with AVX512-BF16");
  }
  if (options.micro_batch_size > 0 && network_->splitting() == nullptr) {
    throw ConfigError("micro_batch_size",
                      fmt::format(" = {}: a {} takes a batch whole, wants 0",
                                  options.micro_batch_size,
                                  setup_.description.type));
  }
  if (options.choose_by != "loss" && !setup_.scores) {
    throw ConfigError("choose_by",
                      fmt::format(" = {}: no score is computed", options.choose_by));
  }
}

/// New, carried on from a predecessor, or gone on with: the file in the folder decides.
void Trainer::start() {
  const auto& options = setup_.options;
  network_->init_parameters(RandomStream(setup_.init_seed));
  if (!is_there(files_.state) && !options.start_from.empty()) {
    start_note_ =
        take_weights(*network_, options.start_from, options.start_with).brief_report();
  }
  network_->to(setup_.device);
  optimizer_ = options.optimizer.make(*network_);
  if (options.average > 0.0) {
    average_ = std::make_unique<WeightAverage>(*network_, options.average);
  }
  const TrainingParts parts{*network_, *optimizer_, average_.get()};
  if (is_there(files_.state)) {
    cursor_ = load_training_state(files_.state, parts, &setup_.description);
  } else if (!setup_.predecessor.empty()) {
    load_training_state(setup_.predecessor, parts);
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
  const auto& options = setup_.options;
  MixtureBatches batches(train, sampling(), options.iterations_per_epoch, setup_.device);
  const MixtureValidation held_out(validation, options.batch_size, setup_.device);
  return run(batches, held_out, progress);
}

TrainSummary Trainer::run(BatchSource& train,
                          const ValidationSource& validation,
                          Progress& progress) {
  const SerialMath serial;
  const auto start = Clock::now();
  progress.begin(name(), setup_.options.num_iterations(), "iterations");
  if (!start_note_.empty()) progress.note(fmt::format("{}: {}", name(), start_note_));
  progress.update(cursor_.iteration);
  auto summary = train_on(train, validation, progress);
  progress.end();
  summary.seconds = seconds_since(start);
  return summary;
}

TrainSummary Trainer::train_on(BatchSource& train,
                               const ValidationSource& validation,
                               Progress& progress) {
  const auto& options = setup_.options;
  const int64_t first_iteration = cursor_.iteration;
  auto last_save = Clock::now();
  auto stopped_by = StoppedBy::kMaxEpochs;
  if (is_done()) finish_last_epoch();
  while (!is_done()) {
    if (stopped_by == StoppedBy::kListener || progress.stop_requested()) {
      if (stopped_by != StoppedBy::kListener) stopped_by = StoppedBy::kInterrupt;
      save_state();
      break;
    }
    const auto event = update(train);
    auto action = tell(setup_.listeners, event);
    progress.update(cursor_.iteration, fmt::format("loss {:.3e}", event.loss));
    if (cursor_.iteration % options.iterations_per_epoch == 0) {
      end_epoch(validate(validation));
      last_save = Clock::now();
      const auto after = tell(setup_.listeners, cursor_.history.back());
      if (after == TrainingListener::Action::kStop) action = after;
    } else if (seconds_since(last_save) > setup_.save_interval_seconds) {
      save_state();
      last_save = Clock::now();
    }
    if (action == TrainingListener::Action::kStop) stopped_by = StoppedBy::kListener;
  }
  if (is_done()) {
    stopped_by = cursor_.iteration < options.num_iterations() ? StoppedBy::kPatience
                                                              : StoppedBy::kMaxEpochs;
  }
  return summarize(stopped_by, first_iteration);
}

TrainSummary Trainer::summarize(StoppedBy stopped_by, int64_t first_iteration) const {
  TrainSummary summary;
  summary.stopped_by = stopped_by;
  summary.num_epochs = static_cast<int64_t>(cursor_.history.size());
  summary.num_iterations = cursor_.iteration - first_iteration;
  summary.best_epoch = cursor_.best_epoch;
  summary.best_validation_loss = cursor_.best_validation_loss;
  summary.history = cursor_.history;
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

/// One iteration: the next batch, loss, gradients, optimizer. Weights move only once loss
/// and gradients are known to be finite.
IterationEvent Trainer::update(BatchSource& train) {
  const auto batch = train.batch(cursor_.iteration);
  network_->train();
  optimizer_->zero_grad();
  IterationEvent event;
  event.iteration = cursor_.iteration + 1;
  event.num_iterations = setup_.options.num_iterations();
  event.epoch = cursor_.iteration / setup_.options.iterations_per_epoch + 1;
  event.examples = batch.examples;
  event.loss = loss_and_gradients(*network_,
                                  *loss_,
                                  batch,
                                  dropout_seed("update", cursor_.iteration),
                                  setup_.options.micro_batch_size);
  check_finite(event.loss, fmt::format("loss of iteration {}", event.iteration), batch);
  event.gradient_norm = gradient_norm(*network_);
  check_finite(
      event.gradient_norm, fmt::format("gradient of iteration {}", event.iteration), batch);
  move_weights(event);
  cursor_.iteration += 1;
  cursor_.epoch_loss_sum += event.loss;
  return event;
}

void Trainer::move_weights(IterationEvent& event) {
  const auto& options = setup_.options;
  ScheduleMoment moment;
  moment.update = cursor_.iteration;
  moment.num_updates = options.num_iterations();
  moment.validation = chosen_values(cursor_.history, options.choose_by);
  moment.better = options.better();
  event.learning_rate = schedule_->rate(optimizer_->base_learning_rate(), moment);
  if (options.clip_norm > 0.0) {
    clip_gradient_norm(*network_, options.clip_norm, event.gradient_norm);
  }
  optimizer_->set_learning_rate(event.learning_rate);
  optimizer_->step();
  if (average_) average_->update(*network_);
}

/// With the weights that are saved: the averaged ones where there are some.
EpochEvent Trainer::validate(const ValidationSource& validation) {
  const auto& options = setup_.options;
  std::optional<AveragedWeights> averaged;
  if (average_) averaged.emplace(*average_, *network_);
  EpochEvent event;
  event.epoch = cursor_.iteration / options.iterations_per_epoch;
  event.iterations = cursor_.iteration;
  event.train_loss =
      cursor_.epoch_loss_sum / static_cast<double>(options.iterations_per_epoch);
  event.validation_loss = validation_loss(validation);
  if (options.choose_by != "loss") {
    network_->eval();
    event.scores = setup_.scores(*network_);
  }
  return event;
}

/// Mean loss over the batches.
double Trainer::validation_loss(const ValidationSource& validation) {
  const torch::NoGradGuard no_gradients;
  network_->train(setup_.validation == ValidationMode::kTraining);
  const int64_t count = validation.num_batches();
  double sum = 0.0;
  for (int64_t i = 0; i < count; ++i) {
    const auto batch = validation.batch(i);
    const auto seed = dropout_seed("validation", cursor_.iteration * count + i);
    const auto estimates = (*network_)(batch.input, seed);
    const auto value = (*loss_)(loss_input(*network_, batch, estimates)).item<double>();
    check_finite(
        value, fmt::format("validation loss after iteration {}", cursor_.iteration), batch);
    sum += value;
  }
  return sum / static_cast<double>(count);
}

void Trainer::check_finite(double value,
                           const std::string& what,
                           const Batch& batch) const {
  if (std::isfinite(value)) return;
  throw Failure(fmt::format(
      "{}: the {} is {}, on {}", name(), what, std::abs(value), describe_batch(batch)));
}

bool Trainer::is_done() const {
  const auto& options = setup_.options;
  return sep::is_done(chosen_values(cursor_.history, options.choose_by),
                      options.better(),
                      options.stopping());
}

/// Saves in an order in which a kill between any two files loses nothing: the state that
/// the training goes on from is written after the checkpoints and removed after history.
void Trainer::end_epoch(EpochEvent event) {
  const auto& options = setup_.options;
  cursor_.history.push_back(event);
  const auto values = chosen_values(cursor_.history, options.choose_by);
  event.is_best = best_epoch(values, options.better()) == event.epoch;
  cursor_.history.back() = event;
  {
    std::optional<AveragedWeights> averaged;
    if (average_) averaged.emplace(*average_, *network_);
    if (event.is_best) {
      cursor_.best_validation_loss = event.validation_loss;
      cursor_.best_epoch = event.epoch;
      save_model(files_.best, *network_, setup_.description);
    }
    save_model(files_.last, *network_, setup_.description);
  }
  cursor_.epoch_loss_sum = 0.0;
  const bool is_last = is_done();
  if (!is_last || setup_.keep_state) save_state();
  write_history(files_.history, cursor_.history);
  if (is_last && !setup_.keep_state) remove_file(files_.state);
}

/// A training killed after its last state was saved, but before its history was written,
/// has nothing left to iterate.
void Trainer::finish_last_epoch() const {
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
  save_training_state(
      files_.state, setup_.description, {*network_, *optimizer_, average_.get()}, cursor_);
}

uint64_t Trainer::dropout_seed(const char* use, int64_t index) const {
  return stream_seed(setup_.dropout_seed, use, {index});
}

}  // namespace sep
