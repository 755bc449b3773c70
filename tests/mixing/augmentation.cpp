#include "libsep/mixing/augmentation.h"

#include <cmath>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/signals.h"

using namespace sep;

namespace {

Signal apply(const Augmentation& augmentation, Signal stem, uint64_t seed) {
  RandomStream random(seed);
  return augmentation.apply(std::move(stem), random);
}

/// dB, without the ends, where the filter's windows hold less of it.
double level_change(const Augmentation& augmentation, double hertz, uint64_t seed) {
  const auto sine = make_sine(hertz, 44100, 44100);
  const auto changed = apply(augmentation, sine, seed);
  return 20.0 *
         std::log10(rms(slice(changed, 8820, 35280)) / rms(slice(sine, 8820, 35280)));
}

}  // namespace

TEST_CASE("gain changes level alone", "[mixing][augmentation]") {
  const auto gain = make_gain({{6.0, 6.0}}, 44100);
  const auto noise = make_noise(2, 100, 44100);
  const auto louder = apply(*gain, noise, 3);
  REQUIRE(louder.num_channels == 2);
  for (size_t n = 0; n < noise.samples.size(); ++n) {
    CHECK(louder.samples[n] == Approx(1.995262315 * double(noise.samples[n])));
  }
  CHECK(apply(*make_gain({{0.0, 0.0}}, 44100), noise, 3).samples == noise.samples);
}

TEST_CASE("polarity turns the sign by chance", "[mixing][augmentation]") {
  const auto noise = make_noise(1, 100, 44100);
  const auto turned = apply(*make_polarity({1.0}, 44100), noise, 3).samples;
  for (size_t n = 0; n < turned.size(); ++n) CHECK(turned[n] == -noise.samples[n]);
  CHECK(apply(*make_polarity({0.0}, 44100), noise, 3).samples == noise.samples);
  int num_turned = 0;
  const auto half = make_polarity({0.5}, 44100);
  for (uint64_t seed = 0; seed < 100; ++seed) {
    num_turned += apply(*half, noise, seed).samples != noise.samples;
  }
  CHECK(num_turned > 25);  // five deviations from 50
  CHECK(num_turned < 75);
}

TEST_CASE("an equalizer has its levels at the octaves", "[mixing][augmentation]") {
  const auto equalizer = make_equalizer({6.0}, 44100);
  for (const uint64_t seed : {1, 2, 3}) {
    RandomStream random(seed);
    std::vector<double> points;
    for (int i = 0; i < 10; ++i) points.push_back(6.0 * random.normal());
    for (size_t i = 4; i < 9; ++i) {
      // The curve has a corner there, over which a window of 4096 samples smears: its main
      // lobe is 32 Hz wide, 0.1 octaves at 500 Hz, of slopes of up to 20 dB an octave.
      const double hertz = 31.25 * std::exp2(double(i));
      CAPTURE(seed, hertz);
      CHECK(std::abs(level_change(*equalizer, hertz, seed) - points[i]) < 0.5);
      const double between = level_change(*equalizer, hertz / std::sqrt(2.0), seed);
      CHECK(std::abs(between - 0.5 * (points[i - 1] + points[i])) < 0.5);
    }
  }
}

TEST_CASE("an equalizer of no deviation gives back what it was given",
          "[mixing][augmentation]") {
  for (const int64_t rate : {1000, 8000, 44100, 192000}) {
    const auto noise = make_noise(2, 5000, rate);
    const auto same = apply(*make_equalizer({0.0}, rate), noise, 1);
    REQUIRE(same.samples.size() == noise.samples.size());
    CHECK(same.sample_rate == rate);
    CHECK(peak(subtract(noise, same)) < 1e-5F * peak(noise));  // two float transforms
  }
}

TEST_CASE("options of augmentations are checked by name",
          "[mixing][augmentation][failure]") {
  CHECK_THROWS_WITH(make_equalizer({41.0}, 8000), "deviation_db = 41: wants 0 to 40");
  CHECK_THROWS_WITH(make_polarity({-0.1}, 8000), "chance = -0.1: wants 0 to 1");
  CHECK_THROWS_AS(make_gain({{0.0, 101.0}}, 8000), ConfigError);
}
