#include "libsep/audio/resample.h"

#include <algorithm>
#include <cmath>

#include "libsep/core/error.h"
#include "libsep/core/random.h"
#include "tests/support/catch.h"

using namespace sep;

namespace {

constexpr double kTwoPi = 6.283185307179586;

Signal sine(double hertz, double seconds, int64_t rate, int64_t num_channels = 1) {
  Signal signal = make_silence(
      num_channels, static_cast<int64_t>(seconds * static_cast<double>(rate)), rate);
  for (int64_t c = 0; c < num_channels; ++c) {
    for (int64_t n = 0; n < signal.num_samples(); ++n) {
      const double phase =
          kTwoPi * hertz * static_cast<double>(n) / static_cast<double>(rate);
      signal.channel(c)[n] = static_cast<float>(0.5 / double(c + 1) * std::sin(phase));
    }
  }
  return signal;
}

/// Largest difference in samples [begin, end) of all channels.
double difference(const Signal& a, const Signal& b, int64_t begin, int64_t end) {
  double largest = 0.0;
  for (int64_t c = 0; c < a.num_channels; ++c) {
    for (int64_t n = begin; n < end; ++n) {
      largest = std::max(largest, std::abs(double(a.channel(c)[n]) - b.channel(c)[n]));
    }
  }
  return largest;
}

}  // namespace

TEST_CASE("a resampled sine is the sine at the other rate", "[audio][resample]") {
  const auto rates = GENERATE(std::pair<int64_t, int64_t>{48000, 44100},
                              std::pair<int64_t, int64_t>{22050, 44100},
                              std::pair<int64_t, int64_t>{44100, 96000},
                              std::pair<int64_t, int64_t>{8000, 44100},
                              std::pair<int64_t, int64_t>{44100, 44100});
  const auto [from, to] = rates;
  const auto result = resample(sine(440.0, 1.0, from, 2), to);
  const auto wanted = sine(440.0, 1.0, to, 2);
  REQUIRE(result.num_samples() == to);
  REQUIRE(result.num_channels == 2);
  CHECK(result.sample_rate == to);
  // 28 bits of the filter, 24 of float; the ends hold the filter's answer to the edge.
  CHECK(difference(result, wanted, to / 10, to - to / 10) < 2e-6);
}

TEST_CASE("blocks of any length give what the whole gives", "[audio][resample]") {
  RandomStream random(3);
  const auto rates = GENERATE(std::pair<int64_t, int64_t>{48000, 44100},
                              std::pair<int64_t, int64_t>{22050, 44100},
                              std::pair<int64_t, int64_t>{44100, 22050},
                              std::pair<int64_t, int64_t>{32000, 32000});
  const auto [from, to] = rates;
  Signal signal = make_silence(2, 70001, from);
  for (auto& x : signal.samples) x = static_cast<float>(0.1 * random.normal());
  const auto whole = resample(signal, to);
  REQUIRE(whole.num_samples() == resampled_length(70001, from, to));

  Resampler resampler(2, from, to);
  Signal parts = make_silence(2, 0, to);
  std::vector<std::vector<float>> channels(2);
  const auto take = [&](const Signal& part) {
    for (size_t c = 0; c < 2; ++c) {
      const auto* first = part.channel(static_cast<int64_t>(c));
      channels[c].insert(channels[c].end(), first, first + part.num_samples());
    }
  };
  int64_t begin = 0;
  for (int64_t length = 0; begin < 70001; length = 2 * length + 1) {
    const auto end = std::min<int64_t>(begin + length, 70001);
    take(resampler.process(slice(signal, begin, end)));
    begin = end;
  }
  take(resampler.finish());
  REQUIRE(static_cast<int64_t>(channels[0].size()) == whole.num_samples());
  for (size_t c = 0; c < 2; ++c) {
    CHECK(std::equal(channels[c].begin(),
                     channels[c].end(),
                     whole.channel(static_cast<int64_t>(c)),
                     [](float a, float b) { return std::abs(a - b) < 1e-6F; }));
  }
}

TEST_CASE("there and back restores the length or more", "[audio][resample]") {
  const auto num_samples = GENERATE(int64_t{0}, 1, 2, 7, 2205, 4410, 44101);
  const auto rate = GENERATE(int64_t{8000}, 22050, 44100, 48000, 192000);
  const auto there = resampled_length(num_samples, rate, 44100);
  CHECK(resampled_length(there, 44100, rate) >= num_samples);
  Signal signal = make_silence(1, num_samples, rate);
  std::fill(signal.samples.begin(), signal.samples.end(), 0.25F);
  const auto result = resample(signal, 44100);
  CHECK(result.num_samples() == there);
  for (const float x : result.samples) CHECK(std::isfinite(x));
}

TEST_CASE("there and back restores what both rates hold", "[audio][resample]") {
  const auto rate = GENERATE(int64_t{22050}, 48000, 96000);
  const auto signal = sine(1000.0, 0.5, rate);
  const auto back = resample(resample(signal, 44100), rate);
  REQUIRE(back.num_samples() >= signal.num_samples());
  const auto edge = rate / 20;
  CHECK(difference(signal, back, edge, signal.num_samples() - edge) < 4e-6);
}

TEST_CASE("a resampler refuses what it was not made for", "[audio][resample][failure]") {
  CHECK_THROWS_AS(Resampler(0, 44100, 48000), Error);
  CHECK_THROWS_AS(Resampler(1, 0, 48000), Error);
  CHECK_THROWS_AS(Resampler(1, 44100, -1), Error);
  Resampler resampler(2, 48000, 44100);
  CHECK_THROWS_AS(resampler.process(make_silence(1, 10, 48000)), Error);
  CHECK_THROWS_AS(resampler.process(make_silence(2, 10, 44100)), Error);
  resampler.finish();
  CHECK_THROWS_AS(resampler.process(make_silence(2, 10, 48000)), Error);
  CHECK_THROWS_AS(resampler.finish(), Error);
}
