#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace sep {

/// The threads of the process, one arena for all of libsep. It lends at most
/// num_threads() - 1 workers, however calls nest and whoever makes them; the thread that
/// calls is the one that is missing. Programs whose own threads call libsep side by side
/// bring as many more as they have.
///
/// A call never waits for a worker to become free: the calling thread does all of the work
/// where none comes, and workers join while it is under way, the oldest work first. So
/// trainings side by side leave nothing for what is parallel inside them, and one that goes
/// on alone gets the threads of those that have ended. A thread that waits for the end of
/// its own work helps with parts of that, and never with work that stands outside of it:
/// what is called under a lock runs nothing that may want the lock.
///
/// Workers are started when they are first wanted, sleep where there is nothing to do and
/// end with the process. A process that forks has none of them in the child, which begins
/// anew.

/// From now on all work takes at most so many threads together, the calling one included;
/// 0: one a core, as before the first call. Work under way gives threads up as its parts
/// end. Throws Error for a negative number.
void set_num_threads(int64_t num_threads);

/// The most threads that the calling one may use, itself included: what was set, or the
/// least of the limits it stands under.
int64_t num_threads();

/// While it lives, all that its thread calls or begins takes at most so many threads, that
/// one included; 0: no limit of its own. For calls that are given a number of threads: two
/// of them at a time have a limit each. To be destroyed on the thread that made it, the
/// last one first.
class ThreadLimit {
 public:
  /// Throws Error for a negative number.
  explicit ThreadLimit(int64_t num_threads);
  ~ThreadLimit();
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Calls `work(i)` for i = 0 … count-1, at most `num_side_by_side` of them at a time (0: as
/// many as there are threads; 1: in order, on the calling thread), else in no order.
/// Results must go to places of their own, so that they do not depend on the number of
/// threads. After a call has thrown no further one is begun; once all have ended, throws
/// the exception of the lowest i, which is the same with any number of threads. Throws
/// Error for num_side_by_side < 0; does nothing for count <= 0.
void parallel_for(int64_t count,
                  int64_t num_side_by_side,
                  const std::function<void(int64_t)>& work);

/// Work begun before its end is wanted, by a worker that is free. See Ahead.
class AheadTask {
 public:
  explicit AheadTask(std::function<void()> work);
  /// Work that no worker has begun is never done; else waits for its end.
  ~AheadTask();
  AheadTask(const AheadTask&) = delete;
  AheadTask& operator=(const AheadTask&) = delete;

  /// Returns when the work is done, and does it where no worker has begun it. Throws what
  /// it has thrown.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A result that is worked out ahead where a thread is free meanwhile, and otherwise by the
/// thread that asks for it.
template <class Result>
class Ahead {
 public:
  explicit Ahead(std::function<Result()> work)
      : task_([this, work = std::move(work)] { result_.emplace(work()); }) {}

  /// To be called once. Throws what the work has thrown.
  Result get() {
    task_.finish();
    return std::move(*result_);
  }

 private:
  std::optional<Result> result_;
  AheadTask task_;  // ends before the place of its result
};

}  // namespace sep
