#include "libsep/separation/oracle.h"

#include <cmath>

#include "libsep/core/random.h"
#include "libsep/metrics/bss_scale.h"
#include "tests/support/catch_torch.h"
#include "tests/support/messages.h"
#include "tests/support/signals.h"

using namespace sep;

namespace {

Signal noise(uint64_t seed, int64_t num_samples) {
  return make_noise(1, num_samples, 44100, seed);
}

Signal sine(double hertz, int64_t num_samples) {
  return make_sine(hertz, num_samples, 44100);
}

}  // namespace

TEST_CASE("ideal ratio masks of target and rest give the mixture",
          "[separation][property]") {
  const auto num_samples = GENERATE(int64_t{100}, 4000, 12345);
  const auto target = noise(1, num_samples);
  const auto rest = noise(2, num_samples);
  const auto mixture = mix({&target, &rest});
  const StftOptions stft;
  const auto a = Oracle(stft, mixture, target, rest).separate(IdealMask::kRatio);
  const auto b = Oracle(stft, mixture, rest, target).separate(IdealMask::kRatio);
  // The round trip errs by some eps of the peak, as in tests/dsp/stft.cpp.
  CHECK(peak(subtract(mixture, mix({&a, &b}))) < 2e-6F * peak(mixture));
}

TEST_CASE("sines far apart come out whole", "[separation]") {
  // 440 and 5000 Hz are 53 bins apart; what the window spreads there is below -60 dB.
  const auto target = sine(440, 44100);
  const auto rest = sine(5000, 44100);
  const auto mixture = mix({&target, &rest});
  const Oracle oracle({}, mixture, target, rest);
  for (const auto& [kind, name] : EnumNames<IdealMask>::kValues) {
    INFO(name);
    const auto scores = score_estimate(target, rest, oracle.separate(kind));
    CHECK(scores.si_sdr > 30.0);
    CHECK(scores.si_sdri > 30.0);
  }
}

TEST_CASE("an oracle refuses signals of other lengths", "[separation][failure]") {
  const auto long_one = noise(1, 4000);
  const auto short_one = noise(2, 3999);  // as many frames
  CHECK(message_of([&] { Oracle({}, long_one, short_one, long_one); }) ==
        "the target has 1 channels of 3999 samples at 44100 Hz, the mixture 1 of 4000 at "
        "44100 Hz");
  auto other_rate = long_one;
  other_rate.sample_rate = 22050;
  CHECK(message_of([&] {
          Oracle({}, long_one, long_one, other_rate);
        }).find("the rest has 1 channels of 4000 samples at 22050 Hz") == 0);
}
