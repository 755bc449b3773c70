#include "libsep/audio/effects.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "libsep/core/error.h"
#include "libsep/core/random.h"
#include "libsep/core/threads.h"
#include "tests/support/catch.h"
#include "tests/support/decimal_comma.h"
#include "tests/support/signals.h"
#include "tests/support/threads.h"

using sep::Signal;

namespace {

constexpr double kPi = 3.14159265358979323846;

// A decaying tone every quarter of a second, no two of equal pitch: something for the
// overlap search of tempo and pitch to find.
Signal tune(double seconds, int64_t rate = 44100, uint64_t seed = 1) {
  sep::RandomStream random(seed);
  Signal signal = sep::make_silence(1, static_cast<int64_t>(seconds * double(rate)), rate);
  double frequency = 220.0;
  for (size_t i = 0; i < signal.samples.size(); ++i) {
    const auto place = static_cast<int64_t>(i) % (rate / 4);
    frequency = place == 0 ? random.uniform(200.0, 800.0) : frequency;
    const double time = double(place) / double(rate);
    signal.samples[i] = static_cast<float>(0.5 * std::exp(-3.0 * time) *
                                           std::sin(2.0 * kPi * frequency * time));
  }
  return signal;
}

Signal sine(double frequency, double seconds, int64_t rate = 44100) {
  return make_sine(frequency, static_cast<int64_t>(seconds * double(rate)), rate, 0.5);
}

// Zero crossings upwards in the middle half, a second.
double frequency_of(const Signal& signal) {
  const size_t begin = signal.samples.size() / 4;
  const size_t end = 3 * begin;
  int count = 0;
  for (size_t i = begin; i < end; ++i) {
    count += signal.samples[i] < 0.0F && signal.samples[i + 1] >= 0.0F ? 1 : 0;
  }
  return count * double(signal.sample_rate) / double(end - begin);
}

uint64_t hash_of(const Signal& signal) {
  uint64_t hash = 1469598103934665603ULL;
  for (const float value : signal.samples) {
    hash =
        (hash ^ static_cast<uint64_t>(static_cast<int64_t>(double(value) * 2147483648.0))) *
        1099511628211ULL;
  }
  return hash;
}

}  // namespace

TEST_CASE("the result is as long and as high as asked", "[audio][effects][property]") {
  if (!sep::has_sox_effects()) {
    SEP_SKIP("built without libsox");
  }
  const auto semitones = GENERATE(-2.0, -0.3, 0.7, 2.0);
  const auto stretch = GENERATE(0.8, 0.95, 1.1, 1.2);
  const auto rate = GENERATE(int64_t{22050}, 44100);
  const auto input = sine(440.0, 3.0, rate);
  const auto output = sep::pitch_and_stretch(input, semitones, stretch);
  CHECK(output.num_channels == 1);
  CHECK(output.sample_rate == rate);
  CHECK(std::abs(double(output.num_samples()) - double(input.num_samples()) * stretch) <
        5.0);
  // A crossing more or less in the middle half of some 3 s is 0.7 to 0.8 Hz; SoX keeps
  // the waves whole where it joins segments.
  CHECK(frequency_of(output) ==
        Approx(440.0 * std::pow(2.0, semitones / 12.0)).margin(1.5));
}

TEST_CASE("nothing asked, nothing changed", "[audio][effects]") {
  if (!sep::has_sox_effects()) {
    SEP_SKIP("built without libsox");
  }
  const auto input = tune(1.0);
  const auto output = sep::pitch_and_stretch(input, 0.0, 1.0);
  REQUIRE(output.samples.size() == input.samples.size());
  double largest = 0.0;
  for (size_t i = 0; i < input.samples.size(); ++i) {
    largest =
        std::max(largest, std::abs(double(output.samples[i]) - double(input.samples[i])));
  }
  CHECK(largest <= std::ldexp(1.0, -32));  // rounded to 32-bit integers
  // Text of six decimals: these are 0.000000 and 1.000000.
  CHECK(sep::pitch_and_stretch(input, 1e-9, 1.0 + 1e-9).samples == output.samples);
}

TEST_CASE("samples beyond full scale are clipped", "[audio][effects]") {
  if (!sep::has_sox_effects()) {
    SEP_SKIP("built without libsox");
  }
  const Signal loud{1, 44100, {2.0F, -2.0F, 1e30F, -1e30F, 0.5F}};
  CHECK(sep::pitch_and_stretch(loud, 0.0, 1.0).samples ==
        std::vector<float>{1.0F, -1.0F, 1.0F, -1.0F, 0.5F});
}

TEST_CASE("short signals pass", "[audio][effects][property]") {
  if (!sep::has_sox_effects()) {
    SEP_SKIP("built without libsox");
  }
  CHECK(sep::pitch_and_stretch(Signal{1, 44100, {}}, 1.0, 1.1).samples.empty());
  for (const double seconds : {0.0001, 0.01, 0.05, 0.2}) {
    CAPTURE(seconds);
    const auto input = tune(seconds);
    const auto output = sep::pitch_and_stretch(input, 1.0, 1.1);
    CHECK(std::abs(double(output.num_samples()) - 1.1 * double(input.num_samples())) < 5.0);
  }
}

TEST_CASE("decimal commas of the process change nothing", "[audio][effects]") {
  if (!sep::has_sox_effects()) SEP_SKIP("built without libsox");
  const auto wanted = sep::pitch_and_stretch(tune(0.3), 1.3, 1.17).samples;
  const CommaLocale german;
  if (!german) SEP_SKIP("localedef and Debian's locales are not there");
  CHECK(std::strtod("0,5", nullptr) == 0.5);
  CHECK((sep::pitch_and_stretch(tune(0.3), 1.3, 1.17).samples == wanted));
  CHECK(std::strtod("0,5", nullptr) == 0.5);  // and the locale stays
}

TEST_CASE("what cannot be done is an error", "[audio][effects]") {
  const auto input = tune(0.1);
  CHECK_THROWS_AS(sep::pitch_and_stretch(sep::make_silence(2, 10, 44100), 1.0, 1.0),
                  sep::Error);
  CHECK_THROWS_AS(sep::pitch_and_stretch(Signal{1, 0, {0.5F}}, 1.0, 1.0), sep::Error);
  CHECK_THROWS_AS(sep::pitch_and_stretch(Signal{1, 44100, {0.1F, NAN}}, 1.0, 1.0),
                  sep::Error);
  for (const double stretch : {0.0, -1.0, double(NAN), HUGE_VAL, 1e-9, 1e9}) {
    CAPTURE(stretch);
    CHECK_THROWS_AS(sep::pitch_and_stretch(input, 0.0, stretch), sep::Error);
  }
  for (const double semitones : {double(NAN), -HUGE_VAL, 500.0, -500.0}) {
    CAPTURE(semitones);
    CHECK_THROWS_AS(sep::pitch_and_stretch(input, semitones, 1.0), sep::Error);
  }
}

// Shifts of every size, so that libsox's shared FFT tables grow while other threads read
// them, and its effects start while others run.
TEST_CASE("threads do not change a bit", "[audio][effects][property]") {
  const Threads threads(8);
  if (!sep::has_sox_effects()) {
    SEP_SKIP("built without libsox");
  }
  constexpr int64_t kNumJobs = 24;
  std::vector<Signal> inputs;
  for (int64_t i = 0; i < kNumJobs; ++i) {
    inputs.push_back(tune(0.3 + 0.02 * double(i), 44100, static_cast<uint64_t>(i)));
  }
  const auto render = [&](int64_t num_threads) {
    std::vector<uint64_t> hashes(kNumJobs);
    sep::parallel_for(kNumJobs, num_threads, [&](int64_t i) {
      const double place = double(i) / double(kNumJobs);
      const auto output = sep::pitch_and_stretch(
          inputs[static_cast<size_t>(i)], -11.0 + 22.0 * place, 0.6 + 0.9 * place);
      hashes[static_cast<size_t>(i)] = hash_of(output);
    });
    return hashes;
  };
  const auto many = render(8);  // first, with libsox's tables still empty
  const auto alone = render(1);
  CHECK(many == alone);
  for (const int64_t num_threads : {2, 3, 8, 8}) {
    CAPTURE(num_threads);
    CHECK(render(num_threads) == alone);
  }
}
