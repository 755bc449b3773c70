#include "libsep/dsp/power_spectrum.h"

#include <cmath>

#include "libsep/core/error.h"
#include "tests/support/catch.h"

using namespace sep;

TEST_CASE("a sine of amplitude 1 has power 1 in its bin", "[dsp][power_spectrum]") {
  const auto length = GENERATE(int64_t{64}, 1024, 4096);
  const auto bin = GENERATE(int64_t{5}, 20);
  std::vector<float> samples;
  for (int64_t n = 0; n < length; ++n) {
    samples.push_back(static_cast<float>(
        std::sin(6.283185307179586 * double(bin) * double(n) / double(length))));
  }
  const PowerSpectrum spectrum(length);
  std::vector<float> power(static_cast<size_t>(spectrum.num_bins()), 0.0F);
  spectrum.add_to(power, samples.data());
  // Float rounding; the Hann window has a quarter of the power in the bins beside, and
  // nothing beyond.
  CHECK(power[static_cast<size_t>(bin)] == Approx(1.0).epsilon(1e-5));
  CHECK(power[static_cast<size_t>(bin + 1)] == Approx(0.25).epsilon(1e-4));
  CHECK(power[static_cast<size_t>(bin + 2)] < 1e-9F);
  spectrum.add_to(power, samples.data());
  CHECK(power[static_cast<size_t>(bin)] == Approx(2.0).epsilon(1e-5));
}

TEST_CASE("a power spectrum refuses what it cannot do", "[dsp][power_spectrum][failure]") {
  CHECK_THROWS_AS(PowerSpectrum(0), Error);
  CHECK_THROWS_AS(PowerSpectrum(7), Error);
  std::vector<float> few(4);
  const std::vector<float> samples(8);
  CHECK_THROWS_AS(PowerSpectrum(8).add_to(few, samples.data()), Error);
}
