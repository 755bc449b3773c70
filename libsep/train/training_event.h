#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// A training in numbers, as it goes. Progress lines and history.csv are made of these
/// events, and a program of one's own may listen too:
///
///     /// Ends a training whose loss has left the ground.
///     class Watch : public sep::TrainingListener {
///      public:
///       Action on_iteration(const sep::IterationEvent& event) override {
///         losses.push_back(event.loss);
///         return event.loss > 10 * losses.front() ? Action::kStop : Action::kContinue;
///       }
///       std::vector<double> losses;
///     };
namespace sep {

/// After an update.
struct IterationEvent {
  int64_t iteration = 0;       ///< updates done in this training, this one included; from 1
  int64_t num_iterations = 0;  ///< the training has at most
  int64_t epoch = 0;           ///< it belongs to, from 1
  double loss = 0.0;           ///< of the batch, before the update
  double learning_rate = 0.0;  ///< the update was made with

  /// Root of the sum of squares over all gradients, before clipping.
  double gradient_norm = 0.0;

  std::vector<int64_t> examples;  ///< of the batch, by their index in the set
};

/// After an epoch, its checkpoints and history written. Also one line of history.
struct EpochEvent {
  int64_t epoch = 0;             ///< from 1
  int64_t iterations = 0;        ///< updates so far in this training
  double train_loss = 0.0;       ///< mean over the updates of the epoch
  double validation_loss = 0.0;  ///< mean over the validation batches

  /// Of whole validation pieces, by the metric's name, means over pieces and stems; empty
  /// where nothing chooses by a metric.
  std::map<std::string, double> scores;

  bool is_best = false;  ///< of all so far, by what the training chooses by; ties included
};

/// Hears of a training's steps; the training calls it from its own thread, in the order of
/// listeners given, and waits. What it throws ends the training and comes through. Of a
/// resumed training it hears what is done now.
class TrainingListener {
 public:
  enum class Action {
    kContinue,

    /// End as at an interrupt: after this step, its state saved, so that the training can
    /// be gone on with. The other listeners hear of the step all the same.
    kStop
  };

  virtual ~TrainingListener() = default;
  virtual Action on_iteration(const IterationEvent&) { return Action::kContinue; }
  virtual Action on_epoch(const EpochEvent&) { return Action::kContinue; }
};

/// Tells each of them; kStop where one or more want it.
TrainingListener::Action tell(const std::vector<TrainingListener*>& listeners,
                              const IterationEvent& event);
TrainingListener::Action tell(const std::vector<TrainingListener*>& listeners,
                              const EpochEvent& event);

}  // namespace sep
