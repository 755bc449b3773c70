#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "libsep/core/kind.h"
#include "libsep/train/stopping.h"

/// The learning rate of each update. A schedule is a pure function of where a training
/// stands and of its history: it keeps nothing, and a resumed training asks the same and
/// hears the same.
///
/// When to choose which (docs/training.md has more):
/// constant      short trainings, and to compare with published numbers. The default.
/// cosine        a training whose length you know; the strongest default of the field
///               where it is long (Loshchilov, Hutter, "SGDR", ICLR 2017).
/// plateau       a training whose length you do not know, with patience.
/// step,         recipes of others that say so.
/// exponential
namespace sep {

/// Where a training stands before an update.
struct ScheduleMoment {
  int64_t update = 0;       ///< the one to be made, from 0
  int64_t num_updates = 1;  ///< of the whole training, were it never stopped early

  /// Of the epochs behind, what the training chooses its best by (chosen_values()), and
  /// which way that gets better. Plateau alone looks at it.
  std::vector<double> validation;
  Better better = Better::kLower;
};

class Schedule {
 public:
  virtual ~Schedule() = default;

  /// The rate of one update; `learning_rate` is the optimizer's, which all of a schedule is
  /// in proportion to.
  virtual double rate(double learning_rate, const ScheduleMoment& moment) const = 0;
};

/// A gentle start, which every schedule can have: update i of the first W is made with
///
///   start + (1 - start) i / W
///
/// of the rate; then the schedule begins, as if update W were its first (plateau alone goes
/// by epochs, those of the warm-up too). Use 50 to 1000 updates where the loss jumps or
/// comes to be no number in the first updates: Adam's second moments are guesses then, and
/// its steps all of full size.
struct WarmUpOptions {
  int64_t warmup_iterations = 0;  ///< updates; 0 … 1e6, 0: none
  double warmup_start = 0.01;     ///< of the rate, at the first update; 0 … 1

  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("warmup_iterations",
            warmup_iterations,
            "updates in which the rate rises to its full value; 0 … 1e6, 0: none");
    archive(
        "warmup_start", warmup_start, "fraction of the rate at the first update; 0 … 1");
  }

  /// The fraction of the rate at an update: 1 after the warm-up.
  double warmup_factor(int64_t update) const;
};

/// The rate itself.
struct ConstantScheduleOptions : WarmUpOptions {};

/// rate factor^floor(i / iterations).
struct StepScheduleOptions : WarmUpOptions {
  double factor = 0.5;        ///< above 0, at most 1
  int64_t iterations = 1000;  ///< updates from one step to the next; 1 … 1e9

  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("factor", factor, "what the rate is multiplied by; above 0, at most 1");
    archive("iterations", iterations, "updates from one step to the next; 1 … 1e9");
    WarmUpOptions::visit(archive);
  }
};

/// rate factor^(i / iterations): the same decay, without steps.
struct ExponentialScheduleOptions : WarmUpOptions {
  double factor = 0.5;  ///< above 0, at most 1
  int64_t iterations =
      1000;  ///< updates in which the rate comes to be factor times; 1 … 1e9

  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive(
        "factor", factor, "fraction of the rate after `iterations`; above 0, at most 1");
    archive("iterations", iterations, "updates in which the rate falls by factor; 1 … 1e9");
    WarmUpOptions::visit(archive);
  }
};

/// With m = minimum, over all N updates that follow the warm-up,
///
///   rate (m + (1 - m) (1 + cos(pi i / N)) / 2)
///
/// Half a cosine from the rate to its minimum, which the update after the last would have.
struct CosineScheduleOptions : WarmUpOptions {
  double minimum = 0.0;  ///< of the rate; 0 … 1

  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("minimum", minimum, "fraction of the rate at the end; 0 … 1");
    WarmUpOptions::visit(archive);
  }
};

/// How much better is better.
enum class ThresholdMode {
  kRelative,  ///< m < best (1 - threshold), or m > best (1 + threshold) where higher is
              ///< better. For losses, which are above zero
  kAbsolute  ///< m < best - threshold, or m > best + threshold. For scores in dB: where the
             ///< best is below zero, a relative threshold calls slightly worse better
};

template <>
struct EnumNames<ThresholdMode> {
  static constexpr std::pair<ThresholdMode, std::string_view> kValues[] = {
      {ThresholdMode::kRelative, "relative"}, {ThresholdMode::kAbsolute, "absolute"}};
};

/// Down by `factor` where validation has not got better for more than `patience` epochs.
/// After each epoch, in this order, as PyTorch's ReduceLROnPlateau:
///
///   better than the best:  it is the best, bad = 0;  else bad + 1 (NaN is never better)
///   cooling down:          one epoch less to cool, bad = 0
///   bad > patience:        rate = max(rate factor, minimum), unless that changes it by
///                          1e-8 or less; bad = 0, and cooling begins, in either case
struct PlateauScheduleOptions : WarmUpOptions {
  double factor = 0.5;      ///< above 0, below 1
  int64_t patience = 10;    ///< epochs; 0 … 1e6
  double threshold = 1e-4;  ///< 0 … 1e6
  ThresholdMode threshold_mode = ThresholdMode::kRelative;
  int64_t cooldown = 0;  ///< epochs after a step that do not count as bad; 0 … 1e6
  double minimum = 0.0;  ///< of the rate; 0 … 1

  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("factor", factor, "what the rate is multiplied by; above 0, below 1");
    archive("patience", patience, "epochs that may pass without a better one; 0 … 1e6");
    archive("threshold", threshold, "by how much better is better; 0 … 1e6");
    archive("threshold_mode", threshold_mode, "relative (losses) or absolute (dB)");
    archive("cooldown", cooldown, "epochs after a step that do not count; 0 … 1e6");
    archive("minimum", minimum, "fraction of the rate below which it never falls; 0 … 1");
    WarmUpOptions::visit(archive);
  }
};

/// A plateau schedule after some epochs.
struct PlateauState {
  double rate = 0.0;
  double best = std::numeric_limits<double>::infinity();  ///< or -infinity
  int64_t bad_epochs = 0;
  int64_t cooldown = 0;  ///< epochs left to cool
};

PlateauState plateau_after(const std::vector<double>& validation,
                           Better better,
                           double learning_rate,
                           const PlateauScheduleOptions& options);

/// The schedules there are, by the names above. Ours are in it from its first use; a
/// program adds its own before it reads a config:
///
///     sep::schedules().add<RestartOptions>("restarts", "a cosine again and again",
///                                          make_restarts);
using ScheduleRegistry = Registry<std::unique_ptr<Schedule>()>;
ScheduleRegistry& schedules();

/// Adds ours to a registry.
void add_schedules(ScheduleRegistry& registry);

/// Each throws ConfigError where options.validate() does.
std::unique_ptr<Schedule> make_constant_schedule(const ConstantScheduleOptions& options);
std::unique_ptr<Schedule> make_step_schedule(const StepScheduleOptions& options);
std::unique_ptr<Schedule> make_exponential_schedule(
    const ExponentialScheduleOptions& options);
std::unique_ptr<Schedule> make_cosine_schedule(const CosineScheduleOptions& options);
std::unique_ptr<Schedule> make_plateau_schedule(const PlateauScheduleOptions& options);

}  // namespace sep
