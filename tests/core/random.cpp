#include "libsep/core/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "libsep/core/error.h"
#include "tests/support/catch.h"

TEST_CASE("mt19937_64 is the standard's", "[core][random]") {
  // C++17 [rand.predef]: the 10000th value of a default-constructed engine.
  sep::RandomStream random(std::mt19937_64::default_seed);
  for (int i = 0; i < 9999; ++i) random.next();
  CHECK(random.next() == 9981545732273789042U);
}

TEST_CASE("the legacy generator's words are NumPy's", "[core][random]") {
  // The first words of numpy.random.RandomState(0); a mask of 2^32 - 1 lets all pass.
  sep::LegacyRandom random(0);
  CHECK(random.randint(int64_t{1} << 32) == 2357136044);
  CHECK(random.randint(int64_t{1} << 32) == 2546248239);
}

TEST_CASE("the legacy uniform takes 53 bits of two words", "[core][random]") {
  // numpy.random.RandomState(0).random_sample(3) and RandomState(42).random_sample(2),
  // the values NumPy's documentation and countless examples print.
  sep::LegacyRandom random(0);
  CHECK(random.uniform(0.0, 1.0) == 0.5488135039273248);
  CHECK(random.uniform(0.0, 1.0) == 0.7151893663724195);
  CHECK(random.uniform(0.0, 1.0) == 0.6027633760716439);
  sep::LegacyRandom other(42);
  CHECK(other.uniform(0.0, 1.0) == 0.3745401188473625);
  CHECK(other.uniform(0.0, 2.0) == 2.0 * 0.9507143064099162);
}

TEST_CASE("the legacy integers are NumPy's", "[core][random]") {
  // numpy.random.RandomState(0).randint(10, size=10).
  sep::LegacyRandom random(0);
  std::vector<int64_t> drawn;
  for (int i = 0; i < 10; ++i) drawn.push_back(random.randint(10));
  CHECK(drawn == std::vector<int64_t>{5, 0, 3, 3, 7, 9, 3, 5, 2, 4});
}

TEST_CASE("a legacy choice of one draws nothing", "[core][random]") {
  sep::LegacyRandom random(0);
  CHECK(random.randint(1) == 0);
  CHECK(random.uniform(0.0, 1.0) == 0.5488135039273248);
}

TEST_CASE("legacy integers stay below the count", "[core][random][property]") {
  const auto count = GENERATE(int64_t{2}, 3, 4, 5, 8, 9, 255, 256, 257, 65537, 1 << 30);
  sep::LegacyRandom random(7);
  for (int i = 0; i < 200; ++i) {
    const int64_t x = random.randint(count);
    REQUIRE(x >= 0);
    REQUIRE(x < count);
  }
}

TEST_CASE("the seeds of streams are fixed for good", "[core][random]") {
  // Computed from the definition in the header by an independent program (Python
  // integers); a change here changes every trained model.
  CHECK(sep::stream_seed(0, "") == 7526961181645162559U);
  CHECK(sep::stream_seed(1, "train/shuffle", {3}) == 10716693868796753446U);
  CHECK(sep::stream_seed(18446744073709551615U, "x", {-1, 7}) == 9337597820240309675U);
}

TEST_CASE("streams differ in seed, name and indices", "[core][random][property]") {
  std::set<uint64_t> seeds;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    for (const char* name : {"", "a", "b", "ab", "train/shuffle", "train/crop"}) {
      seeds.insert(sep::stream_seed(seed, name));
      for (int64_t i = -1; i < 10; ++i) {
        seeds.insert(sep::stream_seed(seed, name, {i}));
        seeds.insert(sep::stream_seed(seed, name, {i, 0}));
        seeds.insert(sep::stream_seed(seed, name, {0, 0, i}));
      }
    }
  }
  CHECK(seeds.size() == 10 * 6 * (1 + 3 * 11));
  // An index cannot pass for the rest of a name.
  CHECK(sep::stream_seed(0, "a", {0x62}) !=
        sep::stream_seed(0, std::string_view("ab\0\0\0\0\0\0\0", 9)));
}

TEST_CASE("uniform numbers fill their interval evenly", "[core][random][property]") {
  const auto stream = GENERATE(int64_t{0}, 1, 2, 3);
  sep::RandomStream random(5, "test/uniform", {stream});
  constexpr int kDraws = 64000;
  std::array<int, 64> counts{};
  for (int i = 0; i < kDraws; ++i) {
    const double u = random.uniform();
    REQUIRE(u >= 0.0);
    REQUIRE(u < 1.0);
    ++counts[static_cast<size_t>(u * 64.0)];
  }
  double chi_squared = 0.0;
  for (const int n : counts) chi_squared += (n - 1000.0) * (n - 1000.0) / 1000.0;
  // 63 degrees of freedom: mean 63, standard deviation sqrt(126) = 11.2; six of them
  // either way. The streams are fixed, so the test cannot fail by chance later.
  CHECK(chi_squared > 5.0);
  CHECK(chi_squared < 63.0 + 6.0 * 11.2);
}

TEST_CASE("two streams know nothing of each other", "[core][random][property]") {
  const auto pair = GENERATE(std::make_pair(int64_t{0}, int64_t{1}),
                             std::make_pair(int64_t{1}, int64_t{2}),
                             std::make_pair(int64_t{0}, int64_t{1000}));
  sep::RandomStream a(5, "test/a", {pair.first});
  sep::RandomStream b(5, "test/a", {pair.second});
  constexpr int kDraws = 20000;
  double sum = 0.0;
  for (int i = 0; i < kDraws; ++i) sum += (a.uniform() - 0.5) * (b.uniform() - 0.5);
  // Products of independent ones have variance 1/144; six standard errors of the mean.
  CHECK(std::abs(sum / kDraws) < 6.0 / 12.0 / std::sqrt(double(kDraws)));
}

TEST_CASE("uniform(low, high) leaves high out", "[core][random][property]") {
  sep::RandomStream random(1, "test/bounds");
  // Between neighbours half of all sums round up to the end.
  const double high = std::nextafter(1.0, 2.0);
  for (int i = 0; i < 1000; ++i) REQUIRE(random.uniform(1.0, high) == 1.0);
  CHECK(random.uniform(3.0, 3.0) == 3.0);
  for (int i = 0; i < 1000; ++i) {
    const double x = random.uniform(-5.0, 5.0);
    REQUIRE(x >= -5.0);
    REQUIRE(x < 5.0);
  }
}

TEST_CASE("indices are even and in range", "[core][random][property]") {
  const auto count = GENERATE(int64_t{1}, 2, 3, 7, 10);
  sep::RandomStream random(2, "test/index", {count});
  std::vector<int64_t> counts(static_cast<size_t>(count), 0);
  constexpr int64_t kDraws = 50000;
  for (int64_t i = 0; i < kDraws; ++i)
    ++counts.at(static_cast<size_t>(random.index(count)));
  const double expected = double(kDraws) / double(count);
  // Binomial: the standard deviation is below the root of the expected count.
  for (const int64_t n : counts)
    CHECK(std::abs(double(n) - expected) <= 6 * std::sqrt(expected));
}

TEST_CASE("an index below a huge count is not biased", "[core][random][property]") {
  // Of 2^64 words taken modulo 3 * 2^61, the lower two thirds of the range would come up
  // three times to the upper third's two: 0.75 of all, not 0.667.
  sep::RandomStream random(3, "test/bias");
  const int64_t count = int64_t{3} << 61;
  int64_t num_low = 0;
  constexpr int64_t kDraws = 50000;
  for (int64_t i = 0; i < kDraws; ++i)
    num_low += random.index(count) < int64_t{1} << 62 ? 1 : 0;
  CHECK(double(num_low) / double(kDraws) == Approx(2.0 / 3.0).margin(0.02));
}

TEST_CASE("normal numbers have the moments of the normal law", "[core][random][property]") {
  sep::RandomStream random(4, "test/normal");
  constexpr int kDraws = 100000;
  double sum = 0.0;
  double squares = 0.0;
  double fourths = 0.0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = random.normal();
    REQUIRE(std::isfinite(x));
    sum += x;
    squares += x * x;
    fourths += x * x * x * x;
  }
  // Standard errors of the mean of x, x^2, x^4: sqrt(1, 2, 96 / n); six of each.
  const double root = std::sqrt(double(kDraws));
  CHECK(std::abs(sum / kDraws) < 6.0 / root);
  CHECK(std::abs(squares / kDraws - 1.0) < 6.0 * std::sqrt(2.0) / root);
  CHECK(std::abs(fourths / kDraws - 3.0) < 6.0 * std::sqrt(96.0) / root);
}

TEST_CASE("a shuffle keeps the values and is even", "[core][random][property]") {
  sep::RandomStream random(6, "test/shuffle");
  std::array<std::array<int, 4>, 4> seen{};
  for (int i = 0; i < 24000; ++i) {
    std::vector<int> values = {0, 1, 2, 3};
    random.shuffle(values);
    for (size_t place = 0; place < 4; ++place)
      ++seen[place][static_cast<size_t>(values[place])];
    std::sort(values.begin(), values.end());
    REQUIRE(values == std::vector<int>{0, 1, 2, 3});
  }
  for (const auto& place : seen) {
    for (const int n : place) CHECK(std::abs(n - 6000) < 6.0 * std::sqrt(6000.0));
  }
}

TEST_CASE("impossible draws are refused", "[core][random][failure]") {
  sep::RandomStream random(0);
  CHECK_THROWS_AS(random.index(0), sep::Error);
  CHECK_THROWS_AS(random.uniform(1.0, 0.0), sep::Error);
  sep::LegacyRandom legacy(0);
  CHECK_THROWS_WITH(legacy.randint(0), "randint(0): wants a count of 1 to 2^32");
  CHECK_THROWS_AS(legacy.randint((int64_t{1} << 32) + 1), sep::Error);
}
