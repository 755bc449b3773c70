#include "libsep/train/stopping.h"

#include <limits>

#include "tests/support/catch.h"
#include "tests/support/messages.h"

using namespace sep;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

EpochEvent event_of(int64_t epoch, double loss, double score) {
  EpochEvent event;
  event.epoch = epoch;
  event.validation_loss = loss;
  event.scores["si_sdr"] = score;
  return event;
}

}  // namespace

TEST_CASE("an epoch is chosen by the loss or by a score", "[train]") {
  const std::vector<EpochEvent> history = {event_of(1, 3.0, 1.0), event_of(2, 2.0, 0.5)};
  CHECK(chosen_values(history, "loss") == std::vector<double>{3.0, 2.0});
  CHECK(chosen_values(history, "si_sdr") == std::vector<double>{1.0, 0.5});
  CHECK(best_epoch(chosen_values(history, "loss"), Better::kLower) == 2);
  CHECK(best_epoch(chosen_values(history, "si_sdr"), Better::kHigher) == 1);
}

TEST_CASE("a score that no epoch has is named", "[train][failure]") {
  CHECK(message_of([] { chosen_values({event_of(1, 3.0, 1.0)}, "sdr"); }) ==
        "epoch 1 has no 'sdr' to choose by, but loss, si_sdr");
}

TEST_CASE("the best epoch is the latest of the best", "[train]") {
  CHECK(best_epoch({}, Better::kLower) == 0);
  CHECK(best_epoch({3, 2, 2, 4}, Better::kLower) == 3);
  CHECK(best_epoch({3, 4, 4, 2}, Better::kHigher) == 3);
  CHECK(best_epoch({kInfinity}, Better::kLower) == 1);
  CHECK(best_epoch({-kInfinity, -kInfinity}, Better::kHigher) == 2);
}

TEST_CASE("what is no number is never the best", "[train]") {
  CHECK(best_epoch({kNan}, Better::kLower) == 0);
  CHECK(best_epoch({kNan, 5, kNan}, Better::kLower) == 2);
  CHECK(best_epoch({kNan, 5, kNan}, Better::kHigher) == 2);
}

TEST_CASE("a training ends at its epochs or out of patience", "[train]") {
  const auto lower = Better::kLower;
  CHECK(doneness({}, lower, {3, 1}) == Doneness::kGoesOn);
  CHECK(doneness({3, 2}, lower, {3, 1}) == Doneness::kGoesOn);
  CHECK(doneness({3, 2, 1}, lower, {3, 1}) == Doneness::kMaxEpochs);
  CHECK(doneness({1, 2}, lower, {9, 2}) == Doneness::kGoesOn);
  CHECK(doneness({1, 2, 3}, lower, {9, 2}) == Doneness::kPatience);
  CHECK(doneness({1, 2, 1}, lower, {9, 2}) == Doneness::kGoesOn);
  CHECK(doneness({1, 2, 1, 2, 2}, lower, {9, 2}) == Doneness::kPatience);
  CHECK(doneness({1, 2, 3, 4, 5}, lower, {9, 0}) == Doneness::kGoesOn);
  CHECK(doneness({1, 2, 3}, Better::kHigher, {9, 2}) == Doneness::kGoesOn);
  CHECK(doneness({kNan, kNan}, lower, {9, 2}) == Doneness::kPatience);
  CHECK(is_done({3, 2, 1, 0}, lower, {3, 0}));
  CHECK_FALSE(is_done({3, 2}, lower, {3, 0}));
}

TEST_CASE("every listener hears, and one may stop", "[train]") {
  struct Listener : TrainingListener {
    explicit Listener(int64_t last) : last_iteration(last) {}
    Action on_iteration(const IterationEvent& event) override {
      heard += 1;
      return event.iteration >= last_iteration ? Action::kStop : Action::kContinue;
    }
    int64_t last_iteration;
    int heard = 0;
  };
  Listener early(2);
  Listener late(5);
  IterationEvent event;
  event.iteration = 1;
  CHECK(tell({&early, &late}, event) == TrainingListener::Action::kContinue);
  event.iteration = 2;
  CHECK(tell({&early, &late}, event) == TrainingListener::Action::kStop);
  CHECK(early.heard == 2);
  CHECK(late.heard == 2);
  CHECK(tell({&early}, EpochEvent()) == TrainingListener::Action::kContinue);
  CHECK(tell({}, event) == TrainingListener::Action::kContinue);
}
