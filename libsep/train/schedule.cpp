#include "libsep/train/schedule.h"

#include <algorithm>
#include <cmath>

#include "libsep/core/bounds.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr int64_t kMaxCount = 1000000;
constexpr int64_t kMaxUpdates = 1000000000;
constexpr double kMaxThreshold = 1e6;
constexpr double kLeastChange = 1e-8;  // of a plateau's step, as PyTorch's eps
constexpr double kPi = 3.14159265358979323846;

void check_factor(double factor) { check_positive("factor", factor, 1.0); }

/// A warm-up, then `curve` of the updates since and of how many there are.
template <class Options, class Curve>
class WarmedUp : public Schedule {
 public:
  WarmedUp(const Options& options, Curve curve) : options_(options), curve_(curve) {
    options_.validate();
  }

  double rate(double learning_rate, const ScheduleMoment& moment) const override {
    const int64_t warmup = options_.warmup_iterations;
    if (moment.update < warmup) {
      return learning_rate * options_.warmup_factor(moment.update);
    }
    const auto update = static_cast<double>(moment.update - warmup);
    const auto length =
        static_cast<double>(std::max<int64_t>(moment.num_updates - warmup, 1));
    return learning_rate * curve_(options_, update, length);
  }

 private:
  Options options_;
  Curve curve_;
};

template <class Options, class Curve>
std::unique_ptr<Schedule> warmed_up(const Options& options, Curve curve) {
  return std::make_unique<WarmedUp<Options, Curve>>(options, curve);
}

class PlateauSchedule : public Schedule {
 public:
  explicit PlateauSchedule(const PlateauScheduleOptions& options) : options_(options) {
    options_.validate();
  }

  double rate(double learning_rate, const ScheduleMoment& moment) const override {
    const auto state =
        plateau_after(moment.validation, moment.better, learning_rate, options_);
    return state.rate * options_.warmup_factor(moment.update);
  }

 private:
  PlateauScheduleOptions options_;
};

bool is_better(double value,
               double best,
               Better better,
               const PlateauScheduleOptions& options) {
  const double sign = better == Better::kLower ? -1.0 : 1.0;
  const double bound = options.threshold_mode == ThresholdMode::kRelative
                           ? best * (1.0 + sign * options.threshold)
                           : best + sign * options.threshold;
  return better == Better::kLower ? value < bound : value > bound;
}

}  // namespace

ScheduleRegistry& schedules() {
  static auto* const registry = [] {
    auto* made = new ScheduleRegistry("schedule");
    add_schedules(*made);
    return made;
  }();
  return *registry;
}

void add_schedules(ScheduleRegistry& registry) {
  registry.add<ConstantScheduleOptions>(
      "constant", "the optimizer's learning rate", make_constant_schedule);
  registry.add<CosineScheduleOptions>(
      "cosine", "half a cosine down to the end of the training", make_cosine_schedule);
  registry.add<ExponentialScheduleOptions>(
      "exponential", "down steadily, whatever the length", make_exponential_schedule);
  registry.add<PlateauScheduleOptions>(
      "plateau", "down where validation gets no better", make_plateau_schedule);
  registry.add<StepScheduleOptions>(
      "step", "down every so many updates", make_step_schedule);
}

void WarmUpOptions::validate() const {
  check_bounds("warmup_iterations", warmup_iterations, 0, kMaxCount);
  check_bounds("warmup_start", warmup_start, 0.0, 1.0);
}

double WarmUpOptions::warmup_factor(int64_t update) const {
  if (update >= warmup_iterations) return 1.0;
  return warmup_start + (1.0 - warmup_start) * static_cast<double>(update) /
                            static_cast<double>(warmup_iterations);
}

void StepScheduleOptions::validate() const {
  check_factor(factor);
  check_bounds("iterations", iterations, 1, kMaxUpdates);
  WarmUpOptions::validate();
}

void ExponentialScheduleOptions::validate() const {
  check_factor(factor);
  check_bounds("iterations", iterations, 1, kMaxUpdates);
  WarmUpOptions::validate();
}

void CosineScheduleOptions::validate() const {
  check_bounds("minimum", minimum, 0.0, 1.0);
  WarmUpOptions::validate();
}

void PlateauScheduleOptions::validate() const {
  check_factor(factor);
  if (factor == 1.0) throw ConfigError("factor", " = 1: wants above 0, below 1");
  check_bounds("patience", patience, 0, kMaxCount);
  check_bounds("threshold", threshold, 0.0, kMaxThreshold);
  check_bounds("cooldown", cooldown, 0, kMaxCount);
  check_bounds("minimum", minimum, 0.0, 1.0);
  WarmUpOptions::validate();
}

PlateauState plateau_after(const std::vector<double>& validation,
                           Better better,
                           double learning_rate,
                           const PlateauScheduleOptions& options) {
  PlateauState state;
  state.rate = learning_rate;
  if (better == Better::kHigher) state.best = -state.best;
  for (const double value : validation) {
    if (is_better(value, state.best, better, options)) {
      state.best = value;
      state.bad_epochs = 0;
    } else {
      state.bad_epochs += 1;
    }
    if (state.cooldown > 0) {
      state.cooldown -= 1;
      state.bad_epochs = 0;
    }
    if (state.bad_epochs > options.patience) {
      const double next =
          std::max(state.rate * options.factor, learning_rate * options.minimum);
      if (state.rate - next > kLeastChange) state.rate = next;
      state.cooldown = options.cooldown;
      state.bad_epochs = 0;
    }
  }
  return state;
}

std::unique_ptr<Schedule> make_constant_schedule(const ConstantScheduleOptions& options) {
  return warmed_up(options, [](const auto&, double, double) { return 1.0; });
}

std::unique_ptr<Schedule> make_step_schedule(const StepScheduleOptions& options) {
  return warmed_up(options, [](const auto& step, double update, double) {
    return std::pow(step.factor, std::floor(update / static_cast<double>(step.iterations)));
  });
}

std::unique_ptr<Schedule> make_exponential_schedule(
    const ExponentialScheduleOptions& options) {
  return warmed_up(options, [](const auto& decay, double update, double) {
    return std::pow(decay.factor, update / static_cast<double>(decay.iterations));
  });
}

std::unique_ptr<Schedule> make_cosine_schedule(const CosineScheduleOptions& options) {
  return warmed_up(options, [](const auto& cosine, double update, double length) {
    const double falling = 0.5 * (1.0 + std::cos(kPi * update / length));
    return cosine.minimum + (1.0 - cosine.minimum) * falling;
  });
}

std::unique_ptr<Schedule> make_plateau_schedule(const PlateauScheduleOptions& options) {
  return std::make_unique<PlateauSchedule>(options);
}

}  // namespace sep
