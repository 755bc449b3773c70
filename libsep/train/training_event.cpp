#include "libsep/train/training_event.h"

namespace sep {
namespace {

using Action = TrainingListener::Action;

template <class Tell>
Action tell_each(const std::vector<TrainingListener*>& listeners, const Tell& tell_one) {
  auto action = Action::kContinue;
  for (auto* listener : listeners) {
    if (tell_one(*listener) == Action::kStop) action = Action::kStop;
  }
  return action;
}

}  // namespace

Action tell(const std::vector<TrainingListener*>& listeners, const IterationEvent& event) {
  return tell_each(listeners, [&](auto& listener) { return listener.on_iteration(event); });
}

Action tell(const std::vector<TrainingListener*>& listeners, const EpochEvent& event) {
  return tell_each(listeners, [&](auto& listener) { return listener.on_epoch(event); });
}

}  // namespace sep
