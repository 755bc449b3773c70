#include "libsep/metrics/bss_eval.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "libsep/core/error.h"
#include "libsep/core/random.h"
#include "libsep/metrics/bss_scale.h"
#include "libsep/metrics/detail/lag_correlation.h"
#include "tests/support/catch.h"
#include "tests/support/messages.h"

using namespace sep;

namespace {

constexpr int64_t kRate = 8000;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Whole numbers up to 64: what sums and filters of whole taps give is exact in float.
Signal noise(uint64_t seed, int64_t num_samples, int64_t num_channels = 1) {
  auto signal = make_silence(num_channels, num_samples, kRate);
  RandomStream random(seed, "test/bss_eval");
  for (float& x : signal.samples) {
    x = static_cast<float>(std::floor(random.uniform(-64.0, 64.0)));
  }
  return signal;
}

// Zeros at the end, so that filtered signals are whole.
Signal with_tail(Signal signal, int64_t tail) {
  for (int64_t c = 0; c < signal.num_channels; ++c) {
    std::fill_n(signal.channel(c) + signal.num_samples() - tail, tail, 0.0F);
  }
  return signal;
}

Signal filtered(const Signal& signal, const std::vector<float>& taps) {
  auto result = make_silence(signal.num_channels, signal.num_samples(), kRate);
  for (int64_t c = 0; c < signal.num_channels; ++c) {
    for (int64_t n = 0; n < signal.num_samples(); ++n) {
      for (int64_t k = 0; k < std::min<int64_t>(n + 1, int64_t(taps.size())); ++k) {
        result.channel(c)[n] += taps[size_t(k)] * signal.channel(c)[n - k];
      }
    }
  }
  return result;
}

Signal plus(const Signal& a, const Signal& b, float gain = 1.0F) {
  auto sum = a;
  for (size_t n = 0; n < sum.samples.size(); ++n) sum.samples[n] += gain * b.samples[n];
  return sum;
}

// Sources that leak into one another's estimates, with noise.
struct Scene {
  std::vector<Signal> references, estimates;
};

Scene make_scene(size_t num_sources, int64_t num_samples, int64_t num_channels = 1) {
  Scene scene;
  for (size_t j = 0; j < num_sources; ++j) {
    scene.references.push_back(noise(j, num_samples, num_channels));
  }
  for (size_t j = 0; j < num_sources; ++j) {
    const auto& leaking = scene.references[(j + 1) % num_sources];
    auto estimate = plus(scene.references[j], leaking, 0.25F);
    scene.estimates.push_back(
        plus(estimate, noise(100 + j, num_samples, num_channels), 0.125F));
  }
  return scene;
}

void check_close(const std::vector<double>& a,
                 const std::vector<double>& b,
                 double tolerance) {
  REQUIRE(a.size() == b.size());
  for (size_t j = 0; j < a.size(); ++j) {
    INFO("source " << j << ": " << a[j] << " and " << b[j]);
    const bool same = a[j] == b[j] || (std::isnan(a[j]) && std::isnan(b[j]));
    CHECK((same || std::abs(a[j] - b[j]) <= tolerance));
  }
}

void check_close(const BssEvalScores& a, const BssEvalScores& b, double tolerance) {
  check_close(a.sdr, b.sdr, tolerance);
  check_close(a.isr, b.isr, tolerance);
  check_close(a.sir, b.sir, tolerance);
  check_close(a.sar, b.sar, tolerance);
}

BssEvalOptions with_filter(int64_t length) {
  BssEvalOptions options;
  options.filter_length = length;
  return options;
}

// Gains and orders change nothing but rounding: some thousand sums of doubles, a condition
// of white noise's matrix of a few, scores below 40 dB.
constexpr double kRounding = 1e-9;

// What is left of nothing: an energy is a sum whose parts cancel to eps, 157 dB below them,
// times some tens of roundings.
constexpr double kNothingLeft = 140.0;

}  // namespace

TEST_CASE("correlations are the sums they stand for", "[metrics][bss_eval][property]") {
  const auto num_lags = GENERATE(int64_t{1}, 7, 200);
  const auto num_samples = GENERATE(int64_t{1}, 199, 1023, 1024, 1025, 5000);
  const auto step = GENERATE(int64_t{1}, 333, 10000);
  if (step == 1 && num_samples > 2000) return;
  const auto x = noise(1, num_samples, 2), y = noise(2, num_samples);
  const std::vector<const float*> channels = {x.channel(0), x.channel(1), y.channel(0)};
  bss::LagCorrelator correlator(2, 1, num_lags);
  for (int64_t begin = 0; begin < num_samples; begin += step) {
    correlator.add({channels[0] + begin, channels[1] + begin, channels[2] + begin},
                   std::min(step, num_samples - begin));
  }
  const auto found = correlator.finish();
  double largest = 0.0;
  for (int64_t i = 0; i < 2; ++i) {
    for (int64_t j = 0; j < 3; ++j) {
      for (int64_t k = 0; k < num_lags; ++k) {
        double sum = 0.0;
        for (int64_t t = 0; t + k < num_samples; ++t) {
          sum += double(channels[size_t(i)][t]) * double(channels[size_t(j)][t + k]);
        }
        largest = std::max(largest, std::abs(sum - found.at(i, j)[k]));
      }
    }
  }
  // Products up to 4096, so energies up to 2.1e7 here; eps log2 of the transform's length
  // of that, twice.
  CHECK(largest <= 2.0 * 2.2e-16 * 11.0 * 4096.0 * double(num_samples) + 1e-12);
}

TEST_CASE("a filter of the target is no distortion, one of another is",
          "[metrics][bss_eval][property]") {
  const auto length = GENERATE(int64_t{1}, 5, 64);
  Scene scene{{with_tail(noise(1, 3000), 64), with_tail(noise(2, 3000), 64)}, {}};
  std::vector<float> taps(size_t(length), 0.0F);
  for (size_t k = 0; k < taps.size(); ++k) taps[k] = float(k % 3) - 1.0F;
  scene.estimates = {filtered(scene.references[0], taps), scene.references[1]};
  const auto within = bss_eval_sources(scene.references, scene.estimates, with_filter(64));
  CHECK(within.sdr[0] > kNothingLeft);
  scene.estimates[0] = filtered(scene.references[1], taps);
  const auto others = bss_eval_sources(scene.references, scene.estimates, with_filter(64));
  CHECK(others.sdr[0] < 0.0);
  CHECK(others.sar[0] > kNothingLeft);  // interference, not an artefact
}

TEST_CASE("a filter longer than the scores allow is distortion", "[metrics][bss_eval]") {
  const auto reference = with_tail(noise(1, 4000), 64);
  std::vector<float> taps(65, 0.0F);
  taps[64] = 1.0F;
  const std::vector<Signal> late = {filtered(reference, taps)};
  CHECK(bss_eval_sources({reference}, late, with_filter(64)).sdr[0] < 0.0);
  CHECK(bss_eval_sources({reference}, late, with_filter(65)).sdr[0] > kNothingLeft);
}

TEST_CASE("SDR of images is SNR, and scores are ordered", "[metrics][bss_eval][property]") {
  const auto num_sources = GENERATE(size_t{1}, size_t{2}, size_t{4});
  const auto num_channels = GENERATE(int64_t{1}, 2);
  const auto scene = make_scene(num_sources, 2500, num_channels);
  const auto scores = bss_eval_images(scene.references, scene.estimates, with_filter(16));
  for (size_t j = 0; j < num_sources; ++j) {
    double signal = 0.0, error = 0.0;
    for (size_t n = 0; n < scene.references[j].samples.size(); ++n) {
      const double s = scene.references[j].samples[n];
      signal += s * s;
      error += (scene.estimates[j].samples[n] - s) * (scene.estimates[j].samples[n] - s);
    }
    CHECK(std::abs(scores.sdr[j] - 10.0 * std::log10(signal / error)) < 1e-10);
    CHECK(scores.isr[j] >= scores.sdr[j]);  // P_j u is a part of u
    if (num_sources == 1) CHECK(scores.sir[j] == kInfinity);
  }
  if (num_channels > 1) return;
  const auto sources = bss_eval_sources(scene.references, scene.estimates, with_filter(16));
  for (size_t j = 0; j < num_sources; ++j) {
    CHECK(sources.sdr[j] <= sources.sir[j]);  // interference is a part of distortion
    CHECK(sources.sdr[j] <= sources.sar[j] + kRounding);
    CHECK(sources.sir[j] == scores.sir[j]);
    CHECK(sources.sar[j] == scores.sar[j]);
  }
}

TEST_CASE("gains, channels and orders change what they should", "[metrics][bss_eval]") {
  const auto scene = make_scene(3, 2500);
  const auto options = with_filter(16);
  const auto scores = bss_eval_sources(scene.references, scene.estimates, options);
  auto louder = scene.estimates;
  for (auto& estimate : louder) {
    for (float& x : estimate.samples) x *= 8.0F;
  }
  check_close(bss_eval_sources(scene.references, louder, options), scores, kRounding);

  auto best = options;
  best.order = SourceOrder::kBest;
  const auto turned = bss_eval_sources(
      scene.references, {scene.estimates[2], scene.estimates[0], scene.estimates[1]}, best);
  CHECK(turned.permutation == std::vector<int64_t>{1, 2, 0});
  check_close(turned, scores, kRounding);

  const auto stereo = make_scene(2, 2000, 2);
  const auto swapped = [](std::vector<Signal> signals) {
    for (auto& signal : signals) {
      std::swap_ranges(signal.channel(0), signal.channel(1), signal.channel(1));
    }
    return signals;
  };
  check_close(
      bss_eval_images(stereo.references, stereo.estimates, options),
      bss_eval_images(swapped(stereo.references), swapped(stereo.estimates), options),
      kRounding);
}

TEST_CASE("perfect estimates and equal references never give NaN", "[metrics][bss_eval]") {
  const auto scene = make_scene(2, 2000);
  const auto options = with_filter(32);
  const auto perfect = bss_eval_images(scene.references, scene.references, options);
  for (const auto* scores : {&perfect.sdr, &perfect.isr, &perfect.sir, &perfect.sar}) {
    CHECK(*scores == std::vector<double>{kInfinity, kInfinity});
  }
  const std::vector<Signal> twins = {scene.references[0], scene.references[0]};
  const auto copied = bss_eval_sources(twins, scene.estimates, options);
  for (const auto* scores : {&copied.sdr, &copied.sir, &copied.sar}) {
    for (const double score : *scores) CHECK(!std::isnan(score));
  }
  // Of the second reference nothing is left that the first does not span.
  const auto alone = bss_eval_sources({twins[0]}, {scene.estimates[0]}, options);
  CHECK(std::abs(copied.sdr[0] - alone.sdr[0]) < 1e-6);
}

TEST_CASE("what is silent has no score, the others keep theirs", "[metrics][bss_eval]") {
  auto scene = make_scene(3, 2500);
  const auto options = with_filter(16);
  scene.references[1] = make_silence(1, 2500, kRate);
  const auto scores = bss_eval_images(scene.references, scene.estimates, options);
  const auto without = bss_eval_images({scene.references[0], scene.references[2]},
                                       {scene.estimates[0], scene.estimates[2]},
                                       options);
  CHECK(std::isnan(scores.sdr[1]));
  CHECK(std::isnan(scores.sar[1]));
  check_close({scores.sar[0], scores.sar[2]}, without.sar, kRounding);
  check_close({scores.sir[0], scores.sir[2]}, without.sir, kRounding);

  auto theirs = options;
  theirs.silence = SilenceRule::kMuseval;
  CHECK(message_of([&] {
          bss_eval_images(scene.references, scene.estimates, theirs);
        }).find("silent") != std::string::npos);
}

TEST_CASE("a source that rests in a frame has no score there", "[metrics][bss_eval]") {
  auto scene = make_scene(2, 4000);
  std::fill_n(scene.references[1].samples.begin() + 1000, 1000, 0.0F);
  auto options = with_filter(16);
  for (const auto rule : {SilenceRule::kOwn, SilenceRule::kMuseval}) {
    options.silence = rule;
    const auto v4 = bss_eval_v4(scene.references, scene.estimates, 1000, 1000, options);
    const auto v3 = bss_eval_framewise(
        BssDialect::kImages, scene.references, scene.estimates, 1000, 1000, options);
    for (const auto* frames : {&v3, &v4}) {
      REQUIRE(frames->num_frames == 4);
      for (size_t t = 0; t < 4; ++t) {
        CHECK(std::isnan(frames->sdr[1][t]) == (t == 1));
        CHECK(std::isnan(frames->sdr[0][t]) == (t == 1 && rule == SilenceRule::kMuseval));
        CHECK(std::isnan(frames->isr[0][t]) == std::isnan(frames->sdr[0][t]));
      }
    }
  }
}

TEST_CASE("frames of the whole are the whole", "[metrics][bss_eval]") {
  const auto scene = make_scene(2, 2000, 2);
  const auto options = with_filter(16);
  const auto whole = bss_eval_images(scene.references, scene.estimates, options);
  for (const int64_t window : {1500, 2000, 3000}) {
    const auto frames = bss_eval_framewise(
        BssDialect::kImages, scene.references, scene.estimates, window, 1000, options);
    REQUIRE(frames.num_frames == 1);  // fewer than two windows
    CHECK(frames.sdr[0][0] == whole.sdr[0]);
    CHECK(frames.sar[1][0] == whole.sar[1]);
  }
  const auto v4 = bss_eval_v4(scene.references, scene.estimates, 2000, 2000, options);
  REQUIRE(v4.num_frames == 1);
  check_close({v4.sar[0][0], v4.isr[0][0]}, {whole.sar[0], whole.isr[0]}, kRounding);
}

TEST_CASE("the median is museval's", "[metrics][bss_eval]") {
  CHECK(museval_median({1.0, 3.0, 2.0}) == 2.0);
  CHECK(museval_median({1.0, kInfinity, 2.0, std::nan(""), -kInfinity}) == 1.5);
  CHECK(museval_median({0.0000149}) == 1e-05);
  CHECK(museval_median({2.000025}) == std::nearbyint(2.000025e5) / 1e5);
  CHECK(std::isnan(museval_median({kInfinity})));
  CHECK(std::isnan(museval_median({})));
}

TEST_CASE("signals that cannot be scored are refused", "[metrics][bss_eval]") {
  const auto scene = make_scene(2, 1000);
  const auto& references = scene.references;
  const auto refused = [&](const std::vector<Signal>& estimates,
                           const std::string& says,
                           BssEvalOptions options = with_filter(16)) {
    INFO(says);
    CHECK(message_of([&] {
            bss_eval_sources(references, estimates, options);
          }).find(says) != std::string::npos);
  };
  refused({references[0]}, "2 references and 1 estimates");
  refused({references[0], noise(1, 999)}, "estimate 1 has 1 channels, 999 samples");
  refused({references[0], noise(1, 500, 2)}, "estimate 1 has 2 channels");
  auto slow = references;
  slow[1].sample_rate = 44100;
  refused(slow, "at 44100 Hz");
  auto broken = references;
  broken[0].samples[7] = std::nanf("");
  refused(broken, "estimate 0 has samples that are not finite");
  refused(references, "filter_length = 0", with_filter(0));
  refused(
      references, "filter_length = 1001: wants 1 to the signals' 1000", with_filter(1001));
  CHECK_THROWS_AS(bss_eval_sources({}, {}), Error);
  const auto stereo = make_scene(2, 1000, 2);
  CHECK_THROWS_AS(bss_eval_sources(stereo.references, stereo.estimates), Error);
  CHECK_THROWS_AS(bss_eval_v4(references, references, 1000, 0), Error);
  CHECK_THROWS_AS(bss_eval_v4(references, references, 100, 100), Error);
  const std::vector<Signal> one = {noise(1, 1)};
  CHECK(bss_eval_sources(one, one, with_filter(1)).sdr[0] == kInfinity);
}
