// What the scores are where a ratio has nothing above or below, and what is refused.
#include <cmath>
#include <limits>

#include "libsep/core/error.h"
#include "libsep/metrics/bss_scale.h"
#include "tests/metrics/scores.h"
#include "tests/support/catch.h"

using sep::score_estimate;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

sep::Signal as_signal(int64_t num_channels, const std::vector<float>& samples) {
  sep::Signal signal;
  signal.num_channels = num_channels;
  signal.samples = samples;
  return signal;
}

std::string refusal(const Values& s, const Values& rest, const Values& e) {
  try {
    score_estimate(s, rest, e);
  } catch (const sep::Error& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a perfect estimate scores +inf", "[metrics]") {
  for (const size_t length : {3U, 100U, 44100U}) {
    const Values s = noise(length, "s"), rest = noise(length, "rest");
    const auto scores = score_estimate(s, rest, s);
    for (const double score : {scores.si_sdr,
                               scores.si_sir,
                               scores.si_sar,
                               scores.sd_sdr,
                               scores.snr,
                               scores.srr,
                               scores.si_sdri,
                               scores.sd_sdri,
                               scores.snri}) {
      CHECK(score == kInfinity);
    }
    CHECK(scores.si_sdr == kInfinity);
    CHECK(sep::si_sdr(s, s) == kInfinity);
  }
}

TEST_CASE("what rounding leaves is no artefact", "[metrics]") {
  for (const size_t length : {4U, 100U, 44100U}) {
    for (const double gain : {1.0, 0.1, -3.7}) {
      CAPTURE(length, gain);
      const Values s = noise(length, "s"), rest = noise(length, "rest");
      const auto scores = score_estimate(s, rest, combine(gain, s, 0.3, rest));
      CHECK(scores.si_sar == kInfinity);
      CHECK(std::isfinite(scores.si_sdr));
      CHECK(std::isfinite(scores.si_sir));
    }
  }
}

TEST_CASE("a mixture summed in float has no artefacts", "[metrics]") {
  const auto num_stems = GENERATE(2, 4, 12);
  const auto length = GENERATE(size_t{100}, 44100);
  std::vector<sep::Signal> stems;
  for (int s = 0; s < num_stems; ++s) {
    const Values values = noise(length, ("stem " + std::to_string(s)).c_str());
    stems.push_back(as_signal(1, {values.begin(), values.end()}));
  }
  const auto sum_from = [&](size_t first) {
    std::vector<const sep::Signal*> all;
    for (size_t s = first; s < stems.size(); ++s) all.push_back(&stems[s]);
    return sep::mix(all);
  };
  const auto rest = sum_from(1);
  auto mixture = sum_from(0);
  CHECK(score_estimate(stems[0], rest, mixture).si_sar == kInfinity);
  // Noise 110 dB below the mixture is none of rounding's.
  const Values added = noise(length, "added");
  for (size_t n = 0; n < length; ++n) {
    mixture.samples[n] += static_cast<float>(std::pow(10.0, -110.0 / 20.0) * added[n]) *
                          std::sqrt(static_cast<float>(num_stems));
  }
  const double sar = score_estimate(stems[0], rest, mixture).si_sar;
  CHECK(sar > 80.0);
  CHECK(sar < 115.0);
}

TEST_CASE("twice the reference is right but for the gain", "[metrics]") {
  const Values s = noise(100, "s");
  const auto scores = score_estimate(s, noise(100, "rest"), combine(2.0, s, 0.0, s));
  CHECK(scores.si_sdr == kInfinity);
  CHECK(scores.snr == Approx(0.0).margin(1e-12));
  CHECK(scores.sd_sdr == Approx(20.0 * std::log10(2.0)));
  CHECK(scores.srr == Approx(20.0 * std::log10(2.0)));
}

TEST_CASE("an estimate without any of the target scores -inf", "[metrics]") {
  const Values s = {1.0, -1.0, 0.0, 0.0};
  const Values e = {0.0, 0.0, 1.0, -1.0};
  for (const Values& rest : {Values{1.0, 1.0, -1.0, -1.0}, e, Values(4), s}) {
    const auto scores = score_estimate(s, rest, e);
    CHECK(scores.si_sdr == -kInfinity);
    CHECK(scores.si_sir == -kInfinity);
    CHECK(scores.si_sar == -kInfinity);
    CHECK(scores.sd_sdr == -kInfinity);
    CHECK(scores.srr == -kInfinity);
    CHECK(scores.snr == Approx(10.0 * std::log10(0.5)));
  }
  CHECK(sep::si_sdr(s, e) == -kInfinity);
  CHECK(sep::si_sdr(s, Values(4)) == -kInfinity);
}

TEST_CASE("a rest that is silent or a multiple of the target is no interference",
          "[metrics]") {
  const Values s = noise(1000, "s");
  const Values e = combine(0.9, s, 0.1, noise(1000, "e"));
  const Values constant(1000, 0.3);
  for (const Values& rest : {Values(1000),
                             constant,
                             combine(0.3, s, 0.0, s),
                             combine(-1.0, s, 0.0, s),
                             combine(1e5, s, 1.0, constant)}) {
    const auto scores = score_estimate(s, rest, e);
    CHECK(scores.si_sir == kInfinity);
    CHECK(scores.si_sar == Approx(scores.si_sdr).epsilon(1e-12));
    CHECK(std::isfinite(scores.si_sdr));
  }
  // -160 dB of another signal is a rest of its own.
  const Values other = combine(1.0, s, 1e-8, noise(1000, "other"));
  CHECK(std::isfinite(score_estimate(s, other, e).si_sir));
}

TEST_CASE("improvements over a perfect or an empty mixture", "[metrics]") {
  const Values s = noise(50, "s"), silence(50);
  const auto perfect = score_estimate(s, silence, s);
  CHECK(perfect.mix_si_sdr == kInfinity);
  CHECK(perfect.si_sdri == 0.0);
  CHECK(perfect.sd_sdri == 0.0);
  CHECK(perfect.snri == 0.0);
  const Values e = combine(1.0, s, 0.1, noise(50, "e"));
  CHECK(score_estimate(s, silence, e).si_sdri == -kInfinity);
  const auto empty = score_estimate(s, combine(-1.0, s, 0.0, s), e);
  CHECK(empty.mix_si_sdr == -kInfinity);
  CHECK(empty.mix_sd_sdr == -kInfinity);
  CHECK(empty.mix_snr == 0.0);
  CHECK(empty.si_sdri == kInfinity);
}

TEST_CASE("no score is NaN", "[metrics][property]") {
  const std::vector<Values> signals = {{1.0, -1.0, 0.0, 0.0},
                                       {0.0, 0.0, 1.0, -1.0},
                                       {-1.0, 1.0, 0.0, 0.0},
                                       {1.0, 1.0, -1.0, -1.0},
                                       {2.0, -2.0, 0.5, 0.5},
                                       {0.0, 0.0, 0.0, 1e-150},
                                       {3.0, 3.0, 3.0, 3.0},
                                       {0.0, 0.0, 0.0, 0.0}};
  int scored = 0;
  for (const Values& s : signals) {
    for (const Values& rest : signals) {
      for (const Values& e : signals) {
        if (refusal(s, rest, e) != "accepted") continue;
        ++scored;
        const auto scores = score_estimate(s, rest, e);
        for (const auto& [name, score] : all_scores()) {
          CAPTURE(name, s, rest, e);
          CHECK(!std::isnan(scores.*score));
        }
      }
    }
  }
  CHECK(scored == 6 * 8 * 6);  // the two constants are neither reference nor estimate
}

TEST_CASE("a signal that does not move is silent, whatever its value", "[metrics]") {
  const Values s = noise(1001, "s");
  for (const double value : {0.0, 1.0, -0.1, 1e-3, 12345.678}) {
    const Values constant(1001, value);
    CHECK(refusal(constant, s, s) == "scores: the reference is silent (no energy)");
    CHECK(refusal(s, s, constant) == "scores: the estimate is silent (no energy)");
  }
  Values almost(1001, 0.1);
  almost[500] = double(std::nextafter(0.1F, 1.0F));  // the least a file of floats can move
  CHECK(refusal(almost, s, s) == "accepted");
  CHECK(refusal({}, {}, {}) == "scores: the reference is silent (no energy)");
  CHECK(refusal({1.0}, {2.0}, {3.0}) == "scores: the reference is silent (no energy)");
  CHECK_THROWS_AS(sep::si_sdr(Values(4), Values(4, 1.0)), sep::Error);
}

TEST_CASE("lengths that differ are refused with both lengths", "[metrics]") {
  const Values s = {1.0, -1.0, 2.0}, shorter = {1.0, -1.0};
  CHECK(refusal(s, shorter, s) == "scores: the reference has 3 samples, the rest 2");
  CHECK(refusal(s, s, shorter) == "scores: the reference has 3 samples, the estimate 2");
  CHECK(refusal(shorter, s, s) == "scores: the reference has 2 samples, the rest 3");
  CHECK_THROWS_AS(sep::si_sdr(s, shorter), sep::Error);
}

TEST_CASE("samples that are no numbers are refused with their place", "[metrics]") {
  const Values s = {1.0, -1.0, 2.0};
  for (const double wrong : {std::nan(""), kInfinity, -kInfinity}) {
    const Values broken = {1.0, wrong, wrong};
    CHECK(refusal(broken, s, s).find("scores: sample 1 of the reference is") == 0);
    CHECK(refusal(s, broken, s).find("scores: sample 1 of the rest is") == 0);
    CHECK(refusal(s, s, broken).find("scores: sample 1 of the estimate is") == 0);
    CHECK_THROWS_AS(sep::si_sdr(broken, s), sep::Error);
    CHECK_THROWS_AS(sep::si_sdr(s, broken), sep::Error);
  }
  CHECK(refusal({1e200, -1e200}, {1.0, 2.0}, {1.0, 2.0}) != "accepted");
}

TEST_CASE("signals of other shapes and rates are refused", "[metrics]") {
  const auto stereo = as_signal(2, {1.0F, -1.0F, 1.0F, -1.0F});
  const auto mono = as_signal(1, {1.0F, -1.0F, 1.0F, -1.0F});
  auto slow = stereo;
  slow.sample_rate = 22050;
  CHECK_NOTHROW(score_estimate(stereo, stereo, stereo));
  CHECK_THROWS_AS(score_estimate(stereo, mono, stereo), sep::Error);
  CHECK_THROWS_AS(score_estimate(stereo, stereo, mono), sep::Error);
  CHECK_THROWS_AS(score_estimate(stereo, stereo, slow), sep::Error);
  CHECK_THROWS_AS(score_estimate(stereo, slow, stereo), sep::Error);
  CHECK_THROWS_AS(score_estimate(as_signal(0, {}), as_signal(0, {}), as_signal(0, {})),
                  sep::Error);
  const auto half_silent = as_signal(2, {1.0F, -1.0F, 0.5F, 0.5F});
  CHECK_THROWS_AS(score_estimate(half_silent, stereo, stereo), sep::Error);
}

TEST_CASE("a channel without the target decides over a perfect one", "[metrics]") {
  const auto s = as_signal(2, {1.0F, -1.0F, 0.0F, 0.0F, 1.0F, -1.0F, 0.0F, 0.0F});
  const auto e = as_signal(2, {1.0F, -1.0F, 0.0F, 0.0F, 0.0F, 0.0F, 1.0F, -1.0F});
  const auto rest = as_signal(2, {1.0F, 1.0F, -1.0F, -1.0F, 1.0F, 1.0F, -1.0F, -1.0F});
  CHECK(score_estimate(s, rest, e).si_sdr == -kInfinity);
  CHECK(score_estimate(s, rest, s).si_sdr == kInfinity);
}
