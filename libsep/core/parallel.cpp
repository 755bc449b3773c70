#include "libsep/core/parallel.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <fstream>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "libsep/core/error.h"

namespace sep {
namespace {

// Indices are handed out in order, and none after a call has thrown: every index below
// one that threw has been handed out and is finished, so the lowest is the same with
// any number of threads.
class Queue {
 public:
  Queue(int64_t count, const std::function<void(int64_t)>& work)
      : count_(count), work_(work) {}

  void run() {
    for (int64_t i = next_++; i < count_ && !stopped_; i = next_++) {
      try {
        work_(i);
      } catch (...) {
        remember(i, std::current_exception());
      }
    }
  }

  void rethrow() const {
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  void remember(int64_t index, std::exception_ptr exception) {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
    if (exception_ && index > exception_index_) return;
    exception_ = std::move(exception);
    exception_index_ = index;
  }

  const int64_t count_;
  const std::function<void(int64_t)>& work_;
  std::atomic<int64_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  std::exception_ptr exception_;
  int64_t exception_index_ = 0;
};

// Fewer where the system gives no more: the caller works too.
std::vector<std::thread> start_threads(int64_t num_threads, Queue& queue) {
  std::vector<std::thread> threads;
  threads.reserve(static_cast<size_t>(num_threads));
  try {
    for (int64_t i = 0; i < num_threads; ++i) threads.emplace_back([&] { queue.run(); });
  } catch (const std::system_error&) {
  }
  return threads;
}

}  // namespace

void parallel_for(int64_t count,
                  int64_t num_threads,
                  const std::function<void(int64_t)>& work) {
  SEP_CHECK(num_threads >= 0, "num_threads = {}: wants 0 or more", num_threads);
  if (count <= 0) return;
  if (num_threads == 0) num_threads = num_cores();
  Queue queue(count, work);
  auto threads = start_threads(std::min(num_threads, count) - 1, queue);
  queue.run();
  for (auto& thread : threads) thread.join();
  queue.rethrow();
}

int64_t num_cores() {
  cpu_set_t cores;
  if (::sched_getaffinity(0, sizeof(cores), &cores) == 0) {
    return std::max(1, CPU_COUNT(&cores));
  }
  return std::max(1U, std::thread::hardware_concurrency());
}

int64_t memory_bytes(const std::filesystem::path& control_groups) {
  auto bytes = int64_t{::sysconf(_SC_PHYS_PAGES)} * int64_t{::sysconf(_SC_PAGESIZE)};
  // Without a limit, version 2 says "max", version 1 a huge number, or there is no file.
  for (const char* name : {"memory.max", "memory/memory.limit_in_bytes"}) {
    int64_t limit = 0;
    if (std::ifstream(control_groups / name) >> limit && limit > 0) {
      bytes = std::min(bytes, limit);
    }
  }
  return bytes;
}

}  // namespace sep
