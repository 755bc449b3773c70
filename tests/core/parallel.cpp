#include "libsep/core/parallel.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

TEST_CASE("every index is worked on exactly once", "[core][parallel][property]") {
  const auto count = GENERATE(int64_t{0}, 1, 2, 7, 1000);
  const auto num_threads = GENERATE(int64_t{0}, 1, 2, 3, 16);
  std::vector<int> calls(static_cast<size_t>(count), 0);
  sep::parallel_for(
      count, num_threads, [&](int64_t i) { ++calls[static_cast<size_t>(i)]; });
  CHECK(std::count(calls.begin(), calls.end(), 1) == count);
}

TEST_CASE("as many threads work at once as were asked for", "[core][parallel]") {
  const auto num_threads = GENERATE(int64_t{1}, 2, 5);
  std::mutex mutex;
  std::condition_variable changed;
  int64_t num_waiting = 0;
  std::set<std::thread::id> ids;
  std::atomic<bool> alone{false};
  // Each call waits for the others: fewer threads than calls would wait in vain.
  sep::parallel_for(num_threads, num_threads, [&](int64_t) {
    std::unique_lock<std::mutex> lock(mutex);
    ids.insert(std::this_thread::get_id());
    ++num_waiting;
    changed.notify_all();
    const auto all_here = [&] { return num_waiting == num_threads; };
    if (!changed.wait_for(lock, std::chrono::seconds(60), all_here)) alone = true;
  });
  CHECK_FALSE(alone);
  CHECK(static_cast<int64_t>(ids.size()) == num_threads);
}

TEST_CASE("one thread is the caller's", "[core][parallel]") {
  const auto caller = std::this_thread::get_id();
  std::vector<int64_t> order;
  sep::parallel_for(5, 1, [&](int64_t i) {
    CHECK(std::this_thread::get_id() == caller);
    order.push_back(i);
  });
  CHECK(order == std::vector<int64_t>{0, 1, 2, 3, 4});
}

TEST_CASE("the exception of the lowest index is thrown", "[core][parallel][property]") {
  const auto num_threads = GENERATE(int64_t{1}, 2, 4, 16);
  const auto throwing = GENERATE(std::vector<int64_t>{0, 1, 2, 3},
                                 std::vector<int64_t>{11, 12, 63},
                                 std::vector<int64_t>{63});
  const auto work = [&](int64_t i) {
    if (std::find(throwing.begin(), throwing.end(), i) == throwing.end()) return;
    // The lowest throws last wherever the others run beside it.
    if (i == throwing.front()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    throw sep::Error("index " + std::to_string(i));
  };
  CHECK_THROWS_WITH(sep::parallel_for(64, num_threads, work),
                    "index " + std::to_string(throwing.front()));
}

TEST_CASE("a higher index that throws later changes nothing", "[core][parallel]") {
  std::atomic<bool> started{false};
  const auto work = [&](int64_t i) {
    if (i == 0) {
      while (!started) std::this_thread::yield();
      throw sep::Error("index 0");
    }
    started = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    throw sep::Error("index 1");
  };
  CHECK_THROWS_WITH(sep::parallel_for(2, 2, work), "index 0");
}

TEST_CASE("no call begins after one has thrown", "[core][parallel]") {
  int64_t num_calls = 0;
  const auto work = [&](int64_t i) {
    ++num_calls;
    if (i == 2) throw sep::Failure("stop");
  };
  CHECK_THROWS_AS(sep::parallel_for(1000, 1, work), sep::Failure);
  CHECK(num_calls == 3);
}

TEST_CASE("calls may be nested", "[core][parallel]") {
  std::atomic<int64_t> sum{0};
  sep::parallel_for(4, 2, [&](int64_t i) {
    sep::parallel_for(3, 2, [&](int64_t j) { sum += 10 * i + j; });
  });
  CHECK(sum == 10 * 6 * 3 + 3 * 4);
}

TEST_CASE("a negative number of threads is refused", "[core][parallel][failure]") {
  CHECK_THROWS_WITH(sep::parallel_for(1, -1, [](int64_t) {}),
                    "num_threads = -1: wants 0 or more");
}

TEST_CASE("there is at least one core", "[core][parallel]") {
  CHECK(sep::num_cores() >= 1);
  CHECK(sep::num_cores() <= std::max(1U, std::thread::hardware_concurrency()));
}

TEST_CASE("a container's limit counts where it is less than the machine", "[core]") {
  const TemporaryFolder folder;
  const auto machine = int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE);
  const auto limited = [&](const std::string& name, const std::string& text) {
    const auto path = folder / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    const auto bytes = sep::memory_bytes(folder.path());
    std::filesystem::remove(path);
    return bytes;
  };
  CHECK(sep::memory_bytes(folder.path()) == machine);
  for (const std::string name : {"memory.max", "memory/memory.limit_in_bytes"}) {
    CHECK(limited(name, "104857600\n") == 104857600);
    for (const char* none : {"max\n", "9223372036854771712\n", "", "-1\n"}) {
      CHECK(limited(name, none) == machine);
    }
  }
  CHECK(sep::memory_bytes() > 0);
  CHECK(sep::memory_bytes() <= machine);
}
