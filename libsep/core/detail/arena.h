#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace sep::detail {

/// What work stands under: a limit, or the work that began it. The way up from each ends at
/// the arena's own level. Numbers are the arena's, under its lock.
struct Level {
  static constexpr int64_t kNoLimit = std::numeric_limits<int64_t>::max();

  /// Below what the calling thread is at.
  explicit Level(int64_t max_workers = kNoLimit);
  Level(std::shared_ptr<Level> above, int64_t max_workers);

  const std::shared_ptr<Level> above;
  int64_t max_workers;  ///< in all that stands below
  int64_t num_workers = 0;
};

/// Indices that threads take one after another, and none after a call has thrown: every
/// index below one that threw has been taken and is finished, so the lowest exception is
/// the same with any number of threads.
class Job : public Level {
 public:
  Job(int64_t count, int64_t num_side_by_side, std::function<void(int64_t)> work);

  bool has_indices() const { return next_ < count_ && !stopped_; }
  /// Works on indices until there are no more, as a part of this job.
  static void run(const std::shared_ptr<Job>& job);
  /// Once nobody works on it and nobody will.
  void drop_work();
  void rethrow() const;

  const int64_t max_helpers;  ///< at a time, beside the thread that opened it
  int64_t num_helpers = 0;    ///< the arena's, under its lock

 private:
  void work_on_indices();
  void remember(int64_t index, std::exception_ptr exception);

  const int64_t count_;
  std::function<void(int64_t)> work_;
  std::atomic<int64_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  std::exception_ptr exception_;
  int64_t exception_index_ = 0;
};

/// The workers of the process and the jobs that they may join.
class Arena {
 public:
  static Arena& instance();
  const std::shared_ptr<Level>& root() const { return root_; }

  void set_num_threads(int64_t num_threads);
  /// The least that the levels above the calling thread allow.
  int64_t num_threads();

  /// Lets workers join; the caller then runs the job itself or does something else.
  void open(const std::shared_ptr<Job>& job);
  /// Nobody joins from now on; returns when all that have are through. Meanwhile the caller
  /// does work that stands below the job.
  void close(const std::shared_ptr<Job>& job);

 private:
  using Lock = std::unique_lock<std::mutex>;

  /// What the process that this one forked from had: never destroyed, and never used.
  struct Lost {
    Lost* before;
    std::vector<std::thread> workers;
    std::unique_ptr<std::condition_variable> wanted, changed;
  };

  Arena();
  void work();
  std::shared_ptr<Job> choose(const Level* below);
  void join(const std::shared_ptr<Job>& job, const Level* below, Lock& lock);
  void wake_worker();
  void stop();
  void begin_anew_in_child();
  static int64_t room_of(const Job& job, const Level* below = nullptr);

  friend struct ArenaEnd;

  std::mutex mutex_;
  // A worker is wanted; something has changed for who waits in close().
  std::unique_ptr<std::condition_variable> wanted_ =
      std::make_unique<std::condition_variable>();
  std::unique_ptr<std::condition_variable> changed_ =
      std::make_unique<std::condition_variable>();
  const std::shared_ptr<Level> root_;
  std::list<std::shared_ptr<Job>> jobs_;  // the oldest first
  std::vector<std::thread> workers_;
  Lost* lost_ = nullptr;
  int64_t num_idle_ = 0;
  int64_t num_called_ = 0;  // of those idle
  bool stopped_ = false;
};

/// Where what the calling thread begins belongs, during its life.
class Standing {
 public:
  explicit Standing(std::shared_ptr<Level> level);
  ~Standing();
  Standing(const Standing&) = delete;
  Standing& operator=(const Standing&) = delete;

  static std::shared_ptr<Level> current();

 private:
  std::shared_ptr<Level> level_;
  const Standing* before_;
};

}  // namespace sep::detail
