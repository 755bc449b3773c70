#include "libsep/core/threads.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "libsep/core/error.h"
#include "libsep/core/machine.h"
#include "tests/support/catch.h"
#include "tests/support/threads.h"

namespace {

/// How many are at work, and the most there ever were.
class Presence {
 public:
  void work(std::chrono::microseconds time = std::chrono::microseconds(300)) {
    const int64_t now = ++num_here_;
    for (int64_t most = most_; now > most && !most_.compare_exchange_weak(most, now);) {
    }
    std::this_thread::sleep_for(time);
    --num_here_;
  }
  int64_t most() const { return most_; }

 private:
  std::atomic<int64_t> num_here_{0};
  std::atomic<int64_t> most_{0};
};

/// Waits for what another thread does; false where it does not come about.
template <class Condition>
bool comes_about(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  return true;
}

}  // namespace

TEST_CASE("every index is worked on exactly once", "[core][threads][property]") {
  const auto count = GENERATE(int64_t{0}, 1, 2, 7, 1000);
  const auto num_threads = GENERATE(int64_t{0}, 1, 2, 3, 16);
  const Threads threads(GENERATE(int64_t{1}, 2, 8));
  std::vector<int> calls(static_cast<size_t>(count), 0);
  sep::parallel_for(
      count, num_threads, [&](int64_t i) { ++calls[static_cast<size_t>(i)]; });
  CHECK(std::count(calls.begin(), calls.end(), 1) == count);
}

TEST_CASE("as many threads work at once as were asked for", "[core][threads]") {
  const auto num_threads = GENERATE(int64_t{1}, 2, 5);
  const Threads threads(5);
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

TEST_CASE("one thread is the caller's", "[core][threads]") {
  const auto caller = std::this_thread::get_id();
  std::vector<int64_t> order;
  sep::parallel_for(5, 1, [&](int64_t i) {
    CHECK(std::this_thread::get_id() == caller);
    order.push_back(i);
  });
  CHECK(order == std::vector<int64_t>{0, 1, 2, 3, 4});
}

TEST_CASE("the exception of the lowest index is thrown", "[core][threads][property]") {
  const auto num_threads = GENERATE(int64_t{1}, 2, 4, 16);
  const Threads threads(GENERATE(int64_t{1}, 16));
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

TEST_CASE("a higher index that throws later changes nothing", "[core][threads]") {
  const Threads threads(2);
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

TEST_CASE("no call begins after one has thrown", "[core][threads]") {
  int64_t num_calls = 0;
  const auto work = [&](int64_t i) {
    ++num_calls;
    if (i == 2) throw sep::Failure("stop");
  };
  CHECK_THROWS_AS(sep::parallel_for(1000, 1, work), sep::Failure);
  CHECK(num_calls == 3);
}

TEST_CASE("calls may be nested", "[core][threads]") {
  const Threads threads(GENERATE(int64_t{1}, 2, 8));
  std::atomic<int64_t> sum{0};
  sep::parallel_for(4, 2, [&](int64_t i) {
    sep::parallel_for(3, 2, [&](int64_t j) { sum += 10 * i + j; });
  });
  CHECK(sum == 10 * 6 * 3 + 3 * 4);
}

TEST_CASE("no more threads work than are set, however calls nest",
          "[core][threads][property]") {
  const auto cap = GENERATE(int64_t{1}, 2, 3, 5);
  const auto depth = GENERATE(1, 2, 3);
  const auto side_by_side = GENERATE(int64_t{0}, 2);
  const Threads threads(cap);
  Presence presence;
  std::atomic<int64_t> num_calls{0};
  const std::function<void(int)> nest = [&](int levels) {
    sep::Ahead<int> ahead([&] {
      presence.work();
      return ++num_calls, 1;
    });
    sep::parallel_for(4, side_by_side, [&](int64_t) {
      if (levels > 1) return nest(levels - 1);
      presence.work();
      ++num_calls;
    });
    ahead.get();
  };
  nest(depth);
  const int64_t leaves = depth == 1 ? 4 : depth == 2 ? 16 : 64;
  CHECK(num_calls == leaves + (leaves - 1) / 3);
  CHECK(presence.most() <= cap);
}

TEST_CASE("a call takes the threads that another gives up", "[core][threads]") {
  const Threads threads(2);
  std::set<std::thread::id> ids;
  std::mutex mutex;
  // Both have a thread each. Who of the two goes on alone, the caller or the worker, finds
  // the other's at its side.
  const auto long_one = GENERATE(int64_t{0}, 1);
  std::atomic<int64_t> num_begun{0};
  std::atomic<bool> together{true};
  sep::parallel_for(2, 2, [&](int64_t i) {
    ++num_begun;
    if (!comes_about([&] { return num_begun == 2; })) together = false;
    if (i != long_one) return;
    std::atomic<int64_t> num_here{0};
    sep::parallel_for(2, 2, [&](int64_t) {
      ++num_here;
      if (!comes_about([&] { return num_here == 2; })) together = false;
      const std::lock_guard<std::mutex> lock(mutex);
      ids.insert(std::this_thread::get_id());
    });
  });
  CHECK(together);
  CHECK(ids.size() == 2);
}

TEST_CASE("who waits works on nothing that stands outside", "[core][threads]") {
  // The caller's inner call waits for its part on a worker, while the outer one has indices
  // left: under a lock that these want, too, working on one would be the end.
  const Threads threads(2);
  std::mutex mutex;
  thread_local bool holds = false;
  std::atomic<bool> stolen{false};
  sep::parallel_for(6, 0, [&](int64_t) {
    if (holds) stolen = true;
    const std::lock_guard<std::mutex> lock(mutex);
    holds = true;
    sep::parallel_for(
        2, 0, [](int64_t) { std::this_thread::sleep_for(std::chrono::milliseconds(2)); });
    holds = false;
  });
  CHECK_FALSE(stolen);
}

TEST_CASE("a limit holds for all that is called under it", "[core][threads][property]") {
  const Threads threads(8);
  const auto most = GENERATE(int64_t{1}, 2, 3);
  const sep::ThreadLimit limit(most);
  CHECK(sep::num_threads() == most);
  Presence presence;
  std::atomic<bool> everywhere{true};
  sep::parallel_for(4, 0, [&](int64_t) {
    if (sep::num_threads() != most) everywhere = false;
    const sep::ThreadLimit wider(16);
    if (sep::num_threads() != most) everywhere = false;
    sep::parallel_for(4, 0, [&](int64_t) { presence.work(); });
  });
  CHECK(everywhere);
  CHECK(presence.most() <= most);
}

TEST_CASE("two calls have a limit each", "[core][threads]") {
  const Threads threads(8);
  Presence all;
  Presence parts[2];
  const auto call = [&](size_t i) {
    const sep::ThreadLimit limit(2);
    sep::parallel_for(20, 0, [&](int64_t) {
      parts[i].work();
      all.work();
    });
  };
  std::thread other([&] { call(1); });
  call(0);
  other.join();
  CHECK(parts[0].most() <= 2);
  CHECK(parts[1].most() <= 2);
  CHECK(sep::num_threads() == 8);
  const sep::ThreadLimit none(0);
  CHECK(sep::num_threads() == 8);
}

TEST_CASE("without a number there is a thread a core", "[core][threads]") {
  CHECK(sep::num_threads() == sep::num_cores());
  {
    const Threads threads(3);
    CHECK(sep::num_threads() == 3);
  }
  CHECK(sep::num_threads() == sep::num_cores());
}

TEST_CASE("a result ahead is worked out once, here or there", "[core][threads][ahead]") {
  const auto cap = GENERATE(int64_t{1}, 2);
  const Threads threads(cap);
  std::atomic<int64_t> num_calls{0};
  std::thread::id worker;
  sep::Ahead<std::string> ahead([&] {
    worker = std::this_thread::get_id();
    ++num_calls;
    return std::string("done");
  });
  if (cap == 1) {
    CHECK(num_calls == 0);  // nobody is there but who asks
  } else {
    CHECK(comes_about([&] { return num_calls == 1; }));
  }
  CHECK(ahead.get() == "done");
  CHECK(num_calls == 1);
  CHECK((worker == std::this_thread::get_id()) == (cap == 1));
}

TEST_CASE("what fails ahead is thrown to who asks", "[core][threads][ahead]") {
  const Threads threads(GENERATE(int64_t{1}, 2));
  sep::Ahead<int> ahead([]() -> int { throw sep::Failure("no"); });
  CHECK_THROWS_WITH(ahead.get(), "no");
}

TEST_CASE("who does not ask leaves no work behind", "[core][threads][ahead]") {
  const auto cap = GENERATE(int64_t{1}, 2);
  const Threads threads(cap);
  std::atomic<bool> begun{false};
  std::atomic<bool> ended{false};
  {
    const sep::Ahead<int> ahead([&] {
      begun = true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      ended = true;
      return 1;
    });
    if (cap == 2) CHECK(comes_about([&] { return begun.load(); }));
  }
  CHECK(ended == (cap == 2));
}

TEST_CASE("who waits for a result ahead helps with its parts", "[core][threads][ahead]") {
  const Threads threads(2);
  std::atomic<bool> begun{false};
  std::atomic<int64_t> num_here{0};
  std::atomic<bool> together{true};
  sep::Ahead<int> ahead([&] {
    begun = true;
    sep::parallel_for(2, 0, [&](int64_t) {
      ++num_here;
      if (!comes_about([&] { return num_here == 2; })) together = false;
    });
    return 1;
  });
  REQUIRE(comes_about([&] { return begun.load(); }));
  ahead.get();
  CHECK(together);
}

TEST_CASE("a child process begins with workers of its own", "[core][threads]") {
#ifdef __SANITIZE_THREAD__
  SEP_SKIP("the thread sanitizer allows no threads after a fork");
#endif
  const Threads threads(3);
  sep::parallel_for(3, 0, [](int64_t) {});  // some are there, or were
  std::fflush(nullptr);                     // or the child writes it again
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    // Often, with pauses in which workers fall asleep, and to the end of the process: what
    // threads of the parent have left behind must swallow no signal.
    for (int round = 0; round < 20; ++round) {
      std::atomic<int64_t> num_here{0};
      sep::parallel_for(3, 0, [&](int64_t) {
        ++num_here;
        if (!comes_about([&] { return num_here == 3; })) ::_exit(1);
      });
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    std::exit(0);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("a negative number of threads is refused", "[core][threads][failure]") {
  CHECK_THROWS_WITH(sep::parallel_for(1, -1, [](int64_t) {}),
                    "num_side_by_side = -1: wants 0 or more");
  CHECK_THROWS_WITH(sep::set_num_threads(-1), "num_threads = -1: wants 0 or more");
  CHECK_THROWS_WITH(sep::ThreadLimit(-2), "num_threads = -2: wants 0 or more");
}
