#include "libsep/audio/loudness.h"

#include <cmath>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/golden.h"
#include "tests/support/signals.h"

using sep::Signal;

namespace {

constexpr double kPi = 3.14159265358979323846;

Signal sine(int64_t num_channels, double seconds, double amplitude, int64_t rate = 48000) {
  const auto num_samples = static_cast<int64_t>(seconds * static_cast<double>(rate));
  return make_sine(997.0, num_samples, rate, amplitude, num_channels);
}

}  // namespace

// BS.1770-4: a full-scale sine at 997 Hz in one front channel reads -3.01 LKFS, in both
// -0.0; 0.02 for the K filter, which is designed for 48 kHz and adapted to other rates.
TEST_CASE("a 997 Hz sine has the loudness the standard names", "[audio][loudness]") {
  const auto rate = GENERATE(int64_t{44100}, 48000, 96000);
  CHECK(sep::integrated_loudness(sine(1, 5.0, 1.0, rate)) == Approx(-3.01).margin(0.02));
  CHECK(sep::integrated_loudness(sine(2, 5.0, 1.0, rate)) == Approx(0.0).margin(0.02));
  CHECK(sep::integrated_loudness(sine(1, 5.0, 0.1, rate)) == Approx(-23.01).margin(0.02));
}

TEST_CASE("quiet parts are gated out", "[audio][loudness]") {
  auto signal = sine(1, 10.0, 0.1);
  const double whole = sep::integrated_loudness(signal);
  // Ten more seconds 40 dB below: both gates leave them out, but for the blocks that
  // lie across the border, three of a hundred, which are at most 6 dB down.
  const auto quiet = sine(1, 10.0, 0.001);
  signal.samples.insert(signal.samples.end(), quiet.samples.begin(), quiet.samples.end());
  CHECK(sep::integrated_loudness(signal) == Approx(whole).margin(0.1));
  CHECK(sep::integrated_loudness(signal) < whole);
}

TEST_CASE("without a block above the gate loudness is -inf", "[audio][loudness]") {
  CHECK(sep::integrated_loudness(Signal{1, 44100, {}}) == -HUGE_VAL);
  CHECK(sep::integrated_loudness(sep::make_silence(2, 100000, 44100)) == -HUGE_VAL);
  CHECK(sep::integrated_loudness(sine(1, 0.39, 0.5)) == -HUGE_VAL);
  CHECK(std::isfinite(sep::integrated_loudness(sine(1, 0.41, 0.5))));
  CHECK(sep::integrated_loudness(sine(1, 5.0, 1e-5)) == -HUGE_VAL);
}

TEST_CASE("rates and channels out of range are errors", "[audio][loudness]") {
  CHECK_THROWS_AS(sep::integrated_loudness(sep::make_silence(33, 10, 44100)), sep::Error);
  CHECK_THROWS_AS(sep::integrated_loudness(Signal{1, 0, {0.1F}}), sep::Error);
}

// pyloudnorm 0.1 builds its K filter from other constants than the standard's table;
// the agreed bound is 0.2 LU (measured at most 0.046).
TEST_CASE("loudness is that of the reference", "[audio][loudness][golden]") {
  WorstDifference worst("loudness", "LU", 0.2);
  for (const auto& file : golden_files(GoldenKind::kLoudness)) {
    for (const auto& name : file.cases(".lufs")) {
      const Signal signal{1,
                          file.integer("sample_rate"),
                          sep::to_values<float>(file.content.at(name + ".audio"))};
      const double expected = sep::to_values<double>(file.content.at(name + ".lufs")).at(0);
      const double difference = std::abs(sep::integrated_loudness(signal) - expected);
      CAPTURE(file.name(), name, expected);
      CHECK(worst.add(difference, file.name() + " " + name) <= worst.tolerance());
    }
  }
}
