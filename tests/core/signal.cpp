#include "libsep/core/signal.h"

#include <cmath>
#include <limits>

#include "libsep/core/error.h"
#include "libsep/core/random.h"
#include "tests/support/catch.h"

namespace {

sep::Signal noise(int64_t num_channels, int64_t num_samples, int64_t stream) {
  sep::RandomStream random(1, "test/signal", {stream});
  auto signal = sep::make_silence(num_channels, num_samples, 44100);
  for (float& x : signal.samples) x = static_cast<float>(random.uniform(-1.0, 1.0));
  return signal;
}

}  // namespace

TEST_CASE("a signal knows its length and its channels", "[core][signal]") {
  auto signal = sep::make_silence(2, 22050, 44100);
  CHECK(signal.num_samples() == 22050);
  CHECK(signal.seconds() == 0.5);
  signal.channel(1)[0] = 0.25F;
  CHECK(signal.samples[22050] == 0.25F);
  CHECK(sep::Signal().num_samples() == 0);
}

TEST_CASE("a mixture is the sum of its stems", "[core][signal][property]") {
  const auto num_channels = GENERATE(int64_t{1}, 2);
  const auto num_samples = GENERATE(int64_t{0}, 1, 1000);
  const auto a = noise(num_channels, num_samples, 0);
  const auto b = noise(num_channels, num_samples, 1);
  const auto c = noise(num_channels, num_samples, 2);
  const auto sum = sep::mix({&a, &b, &c});
  REQUIRE(sum.samples.size() == a.samples.size());
  CHECK(sum.num_channels == num_channels);
  for (size_t i = 0; i < sum.samples.size(); ++i) {
    REQUIRE(sum.samples[i] == a.samples[i] + b.samples[i] + c.samples[i]);
  }
}

TEST_CASE("a mixture without a stem is the rest", "[core][signal][property]") {
  auto a = noise(2, 500, 3);
  auto b = noise(2, 500, 4);
  // Multiples of 2^-10 below 2: sums and differences of floats are exact.
  for (auto* signal : {&a, &b}) {
    for (float& x : signal->samples) x = std::round(x * 1024.0F) / 1024.0F;
  }
  CHECK(sep::subtract(sep::mix({&a, &b}), a).samples == b.samples);
}

TEST_CASE("signals that do not match do not add up", "[core][signal][failure]") {
  const auto a = sep::make_silence(1, 100, 44100);
  const auto longer = sep::make_silence(1, 101, 44100);
  const auto stereo = sep::make_silence(2, 50, 44100);
  const auto slower = sep::make_silence(1, 100, 22050);
  CHECK_THROWS_WITH(sep::mix({}), "a mixture wants at least one stem, found none");
  CHECK_THROWS_WITH(sep::mix({&a, &longer}),
                    "signals of 100 and 101 samples do not add up");
  CHECK_THROWS_WITH(sep::mix({&a, &stereo}), "signals of 1 and 2 channels do not add up");
  CHECK_THROWS_WITH(sep::subtract(a, slower),
                    "signals of 44100 and 22050 Hz do not add up");
}

TEST_CASE("peak and rms of known signals", "[core][signal]") {
  auto signal = sep::make_silence(1, 4, 44100);
  CHECK(sep::peak(signal) == 0.0F);
  CHECK(sep::rms(signal) == 0.0);
  signal.samples = {0.5F, -0.75F, 0.0F, 0.0F};
  CHECK(sep::peak(signal) == 0.75F);
  CHECK(sep::rms(signal) == Approx(std::sqrt(0.8125 / 4.0)).epsilon(1e-15));
  CHECK(sep::peak(sep::Signal()) == 0.0F);
  CHECK(sep::rms(sep::Signal()) == 0.0);
}

TEST_CASE("a constant is silent, whatever its height", "[core][signal]") {
  auto signal = sep::make_silence(2, 3, 44100);
  CHECK(sep::is_silent(signal));
  signal.samples = {0.5F, 0.5F, 0.5F, -0.1F, -0.1F, -0.1F};
  CHECK(sep::is_silent(signal));
  signal.samples.back() = 0.0F;
  CHECK_FALSE(sep::is_silent(signal));
  CHECK(sep::is_silent(sep::Signal()));
}

TEST_CASE("a slice has the same samples of every channel", "[core][signal]") {
  const sep::Signal signal{2, 44100, {1, 2, 3, 4, 5, 6}};
  const auto part = sep::slice(signal, 1, 3);
  CHECK(part.num_channels == 2);
  CHECK(part.sample_rate == 44100);
  CHECK(part.samples == std::vector<float>{2, 3, 5, 6});
  CHECK(sep::slice(signal, 0, 3).samples == signal.samples);
  CHECK(sep::slice(signal, 3, 3).samples.empty());
  CHECK_THROWS_AS(sep::slice(signal, -1, 2), sep::Error);
  CHECK_THROWS_AS(sep::slice(signal, 2, 1), sep::Error);
  CHECK_THROWS_AS(sep::slice(signal, 0, 4), sep::Error);
}

TEST_CASE("a range is padded with zeros where a signal has none", "[core][signal]") {
  const auto signal = noise(2, 10, 0);
  for (int64_t first = -13; first <= 13; ++first) {
    for (const int64_t count : {0, 1, 5, 30}) {
      const auto part = sep::padded_slice(signal, first, count);
      CHECK(part.sample_rate == signal.sample_rate);
      REQUIRE(part.samples.size() == size_t(2 * count));
      for (int64_t c = 0; c < 2; ++c) {
        for (int64_t n = 0; n < count; ++n) {
          const bool inside = first + n >= 0 && first + n < 10;
          CAPTURE(first, count, c, n);
          CHECK(part.samples[size_t(c * count + n)] ==
                (inside ? signal.channel(c)[first + n] : 0.0F));
        }
      }
    }
  }
  CHECK_THROWS_WITH(sep::padded_slice(signal, 0, -1), "-1 samples: wants 0 or more");
}
