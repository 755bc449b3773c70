#include "libsep/mixing/examples_ahead.h"

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/threads.h"

using namespace sep;

namespace {

/// Batches that know their iteration, made by nested parallel work.
struct Maker {
  std::vector<int64_t> operator()(int64_t iteration) const {
    {
      const std::lock_guard<std::mutex> lock(*mutex);
      made->push_back(iteration);
    }
    std::vector<int64_t> batch(20);
    parallel_for(20, 0, [&](int64_t i) { batch[size_t(i)] = 100 * iteration + i; });
    return batch;
  }
  std::mutex* mutex;
  std::vector<int64_t>* made;
};

}  // namespace

TEST_CASE("batches are those of their iterations, on any number of threads",
          "[mixing][examples_ahead]") {
  const auto num_threads = GENERATE(int64_t{1}, 2, 5);
  const auto depth = GENERATE(int64_t{0}, 1, 3);
  const Threads threads(num_threads);
  std::mutex mutex;
  std::vector<int64_t> made;
  {
    ExamplesAhead<std::vector<int64_t>> batches(Maker{&mutex, &made}, {depth, 12});
    for (const int64_t iteration : {0, 1, 2, 3, 7, 8, 2, 3, 4, 11, 30, 10}) {
      CAPTURE(num_threads, depth, iteration);
      const auto batch = batches.next(iteration);
      REQUIRE(batch.size() == 20);
      CHECK(batch.front() == 100 * iteration);
      CHECK(batch.back() == 100 * iteration + 19);
    }
  }
  // Nothing ahead of the end; without ahead and threads nothing is made twice.
  for (const int64_t iteration : made) CHECK((iteration < 12 || iteration == 30));
  if (depth == 0 || num_threads == 1) CHECK(made.size() == 12);
}

TEST_CASE("no more batches are made ahead than the depth", "[mixing][examples_ahead]") {
  const Threads threads(4);
  std::atomic<int64_t> furthest{0};
  ExamplesAhead<int64_t> batches(
      [&](int64_t iteration) {
        auto seen = furthest.load();
        while (seen < iteration && !furthest.compare_exchange_weak(seen, iteration)) {
        }
        return iteration;
      },
      {2});
  for (int64_t i = 0; i < 200; ++i) {
    CHECK(batches.next(i) == i);
    CHECK(furthest <= i + 2);
  }
}

TEST_CASE("what an iteration throws is thrown when it is asked for",
          "[mixing][examples_ahead][failure]") {
  const auto num_threads = GENERATE(int64_t{1}, 4);
  const Threads threads(num_threads);
  ExamplesAhead<int64_t> batches([](int64_t iteration) {
    SEP_CHECK(iteration != 3, "no iteration {}", iteration);
    return iteration;
  });
  for (int64_t i = 0; i < 3; ++i) CHECK(batches.next(i) == i);
  CHECK_THROWS_WITH(batches.next(3), "no iteration 3");
  CHECK(batches.next(4) == 4);
  CHECK_THROWS_WITH(ExamplesAhead<int64_t>([](int64_t i) { return i; }, {-1}),
                    "depth = -1: wants 0 or more");
}
