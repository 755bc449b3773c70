#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "libsep/core/progress.h"

namespace sep {

/// Progress of all trainings of a run as one piece of work, so that the time left is that
/// of the run; trainings side by side may tell theirs at the same time.
///
///     Model A  [#########           ]  180/400 iterations  5.1/s  0:43 left  fold 5 violin
class RunProgress {
 public:
  /// Keeps a reference to `target`. The clock starts with the first training.
  RunProgress(Progress& target, std::string title, int64_t num_iterations);

  void begin_training();
  void advance(int64_t iterations, const std::string& detail);
  void end();
  void note(const std::string& line);
  bool stop_requested() const { return target_.stop_requested(); }

 private:
  Progress& target_;
  std::string title_;
  int64_t num_iterations_;
  std::mutex mutex_;
  bool begun_ = false;
  int64_t done_ = 0;
};

/// One training's part of it.
class ItemProgress : public Progress {
 public:
  /// Keeps references. The training is asked to stop where the user wants the run to, and
  /// where `is_ending` says that the run ends for another reason.
  ItemProgress(RunProgress& run, const std::atomic<bool>& is_ending)
      : run_(run), is_ending_(is_ending) {}
  void begin(const std::string& title, int64_t total, const std::string& unit) override;
  void update(int64_t done, const std::string& detail) override;
  void note(const std::string& line) override { run_.note(line); }
  bool stop_requested() const override { return is_ending_ || run_.stop_requested(); }

 private:
  RunProgress& run_;
  const std::atomic<bool>& is_ending_;
  std::string title_;
  int64_t done_ = 0;
};

}  // namespace sep
