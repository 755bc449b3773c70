#include "libsep/audio/spool.h"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace sep;

namespace {

/// Sample n of channel c is 1000 c + n.
Signal ramp(int64_t num_channels, int64_t begin, int64_t end) {
  Signal signal = make_silence(num_channels, end - begin, 44100);
  for (int64_t c = 0; c < num_channels; ++c) {
    for (int64_t n = begin; n < end; ++n) {
      signal.channel(c)[n - begin] = static_cast<float>(1000 * c + n);
    }
  }
  return signal;
}

}  // namespace

TEST_CASE("what was spooled is read back in any order", "[audio][spool]") {
  const TemporaryFolder folder;
  const auto num_channels = GENERATE(int64_t{1}, 2, 5);
  SignalSpool spool(folder.path(), num_channels, 44100);
  for (const auto& [begin, end] :
       {std::pair{0, 7}, std::pair{7, 7}, std::pair{7, 8}, std::pair{8, 300}}) {
    spool.append(ramp(num_channels, begin, end));
  }
  REQUIRE(spool.num_samples() == 300);
  for (const auto& [begin, end] : {std::pair{250, 300},
                                   std::pair{0, 300},
                                   std::pair{5, 9},
                                   std::pair{300, 300},
                                   std::pair{0, 1}}) {
    const auto part = spool.read(begin, end);
    CHECK(part.num_channels == num_channels);
    CHECK(part.samples == ramp(num_channels, begin, end).samples);
  }
}

TEST_CASE("a spool leaves no file", "[audio][spool]") {
  const TemporaryFolder folder;
  SignalSpool spool(folder.path(), 1, 44100);
  spool.append(ramp(1, 0, 100));
  CHECK(std::filesystem::is_empty(folder.path()));
  SignalSpool moved = std::move(spool);
  CHECK(moved.read(99, 100).samples == std::vector<float>{99.0F});
}

TEST_CASE("a spool refuses what it was not made for", "[audio][spool][failure]") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(SignalSpool(folder / "absent", 1, 44100), Error);
  CHECK_THROWS_AS(SignalSpool(folder.path(), 0, 44100), Error);
  SignalSpool spool(folder.path(), 2, 44100);
  CHECK_THROWS_AS(spool.append(ramp(1, 0, 10)), Error);
  spool.append(ramp(2, 0, 10));
  CHECK_THROWS_AS(spool.read(-1, 3), Error);
  CHECK_THROWS_AS(spool.read(4, 3), Error);
  CHECK_THROWS_AS(spool.read(0, 11), Error);
}

TEST_CASE("a full disk is a failure", "[audio][spool][failure]") {
  const TemporaryFolder folder;
  SignalSpool spool(folder.path(), 1, 44100);
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 4096;
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  CHECK_THROWS_AS(spool.append(ramp(1, 0, 10000)), Failure);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
}
