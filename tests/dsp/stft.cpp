#include "libsep/dsp/stft.h"

#include <cmath>
#include <complex>
#include <set>

#include "libsep/core/error.h"
#include "libsep/dsp/window.h"
#include "tests/dsp/spectrograms.h"
#include "tests/support/catch.h"

using sep::Stft;
using sep::StftOptions;

namespace {

constexpr double kEpsilon = 1.2e-7;  // of float
const StftOptions kHann64 = {64, 20, sep::StftWindow::kHann};

// A float FFT of length N errs by about eps log2(N) of the peak; 4 covers the two
// transforms and the overlap-add.
double transform_tolerance(int64_t window_length) {
  return 4.0 * kEpsilon * std::max(1.0, std::log2(double(window_length)));
}

// Where windows hardly overlap, a sample comes back as (x w^2 + error w) / w^2.
double round_trip_tolerance(const StftOptions& options) {
  const auto sum = sep::overlap_sum(sep::make_window(options.window, options.window_length),
                                    options.hop_length);
  const double lowest = *std::min_element(sum.begin(), sum.end());
  return transform_tolerance(options.window_length) / std::sqrt(std::min(1.0, lowest));
}

std::vector<StftOptions> grid() {
  std::vector<StftOptions> options = {{2, 1}, {4, 1}, {4, 2}, {4, 3}, {6, 1}, {6, 5}};
  for (const int64_t length : {16, 250, 512, 2048}) {
    const std::set<int64_t> hops = {
        length / 8, length / 5, length / 4, length / 3, length / 2, 3 * length / 4, 127};
    for (const int64_t hop : hops) {
      if (hop <= 3 * length / 4) options.push_back({length, hop});
      if (hop <= length / 2) options.push_back({length, hop, sep::StftWindow::kHann});
    }
  }
  return options;
}

std::set<int64_t> lengths(const StftOptions& options) {
  const int64_t window = options.window_length;
  return {0,
          1,
          2,
          3,
          window / 2 - 1,
          window / 2,
          window - 1,
          window,
          window + 1,
          options.hop_length,
          options.hop_length + 1,
          3 * window + 7,
          10 * window};
}

double direct_window(const StftOptions& options, int64_t n) {
  const double sine = std::sin(M_PI * double(n) / double(options.window_length));
  return options.window == sep::StftWindow::kHann ? sine * sine : sine;
}

std::complex<double> direct_bin(const sep::Signal& signal,
                                const StftOptions& options,
                                int64_t t,
                                int64_t f) {
  std::complex<double> sum = 0.0;
  double window_sum = 0.0;
  for (int64_t n = 0; n < options.window_length; ++n) {
    const double w = direct_window(options, n);
    const int64_t at = t * options.hop_length - options.window_length / 2 + n;
    const bool inside = at >= 0 && at < signal.num_samples();
    const double x = inside ? double(signal.samples[size_t(at)]) : 0.0;
    const double turn =
        double(f * n % options.window_length) / double(options.window_length);
    sum += x * w * std::polar(1.0, -2.0 * M_PI * turn);
    window_sum += w;
  }
  return sum / window_sum;
}

// The inverse as the header has it: real part of the transform back, windowed, added up
// and divided by the sum of w^2 of the frames there are.
std::vector<float> direct_inverse(const sep::Spectrogram& spectrogram,
                                  const StftOptions& options,
                                  int64_t num_samples) {
  const int64_t length = options.window_length;
  const int64_t padded = length + options.hop_length * spectrogram.num_frames;
  std::vector<double> sum(static_cast<size_t>(padded)), overlap(sum);
  double window_sum = 0.0;
  for (int64_t n = 0; n < length; ++n) window_sum += direct_window(options, n);
  for (int64_t t = 0; t < spectrogram.num_frames; ++t) {
    for (int64_t n = 0; n < length; ++n) {
      const double w = direct_window(options, n);
      double x = 0.0;
      for (int64_t f = 0; f < spectrogram.num_bins; ++f) {
        const std::complex<double> bin =
            spectrogram.bins[size_t(t * spectrogram.num_bins + f)];
        const double turn = double(f * n % length) / double(length);
        const double weight = f == 0 || f == length / 2 ? 1.0 : 2.0;
        x += weight * (bin * std::polar(1.0, 2.0 * M_PI * turn)).real() / double(length);
      }
      sum[size_t(t * options.hop_length + n)] += x * w * window_sum;
      overlap[size_t(t * options.hop_length + n)] += w * w;
    }
  }
  std::vector<float> samples;
  for (int64_t n = 0; n < num_samples; ++n) {
    const size_t at = size_t(n + length / 2);
    samples.push_back(float(sum[at] / overlap[at]));
  }
  return samples;
}

sep::Spectrogram weighted_sum(double a,
                              const sep::Spectrogram& x,
                              double b,
                              const sep::Spectrogram& y) {
  sep::Spectrogram result = x;
  for (size_t i = 0; i < x.bins.size(); ++i) {
    result.bins[i] = float(a) * x.bins[i] + float(b) * y.bins[i];
  }
  return result;
}

std::string refusal(const StftOptions& options) {
  try {
    Stft stft(options);
  } catch (const sep::ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("inverse(forward(x)) is x", "[dsp][stft][property]") {
  for (const StftOptions& options : grid()) {
    const Stft stft(options);
    for (const int64_t num_samples : lengths(options)) {
      CAPTURE(options.window_length, options.hop_length, num_samples);
      const auto x = make_noise(1, num_samples, "round trip");
      const auto y = stft.inverse(stft.forward(x), num_samples, 8000);
      CHECK(y.sample_rate == 8000);
      CHECK(worst_difference(x.samples, y.samples) <= round_trip_tolerance(options));
    }
  }
}

TEST_CASE("a bin is the windowed sum it is defined as", "[dsp][stft]") {
  for (const StftOptions& options :
       {StftOptions{2, 1}, {6, 4}, {16, 5}, {64, 16}, {50, 37}, kHann64}) {
    const Stft stft(options);
    for (const int64_t num_samples : {0, 1, 7, 83}) {
      const auto x = make_noise(1, num_samples, "direct");
      const auto spectrogram = stft.forward(x);
      REQUIRE(spectrogram.num_bins == options.window_length / 2 + 1);
      size_t i = 0;
      for (int64_t t = 0; t < spectrogram.num_frames; ++t) {
        for (int64_t f = 0; f < spectrogram.num_bins; ++f) {
          CAPTURE(options.window_length, options.hop_length, num_samples, t, f);
          const auto bin = std::complex<double>(spectrogram.bins[i++]);
          CHECK(std::abs(bin - direct_bin(x, options, t, f)) <=
                transform_tolerance(options.window_length));
        }
      }
      CHECK(i == spectrogram.bins.size());
    }
  }
}

TEST_CASE("the inverse of any spectrogram is the sum it is defined as", "[dsp][stft]") {
  for (const StftOptions& options :
       {StftOptions{2, 1}, {6, 4}, {16, 3}, {64, 16}, {50, 37}, kHann64}) {
    const Stft stft(options);
    for (const int64_t num_samples : {1, 7, 83}) {
      CAPTURE(options.window_length, options.hop_length, num_samples);
      const auto spectrogram = make_noise_bins(
          1, stft.num_frames(num_samples), options.num_bins(), "direct inverse");
      const auto direct = direct_inverse(spectrogram, options, num_samples);
      const auto y = stft.inverse(spectrogram, num_samples, 44100);
      const float largest =
          std::abs(*std::max_element(direct.begin(), direct.end(), [](float a, float b) {
            return std::abs(a) < std::abs(b);
          }));
      CHECK(worst_difference(direct, y.samples) <=
            round_trip_tolerance(options) * std::max(1.0, double(largest)));
    }
  }
}

TEST_CASE("a window changes the transform, and the default is as it was", "[dsp][stft]") {
  const auto x = make_noise(1, 1000, "windows");
  const auto plain = Stft({64, 16}).forward(x);
  CHECK(plain.bins == Stft({64, 16, sep::StftWindow::kSqrtHann}).forward(x).bins);
  CHECK(worst_difference(plain.bins,
                         Stft({64, 16, sep::StftWindow::kHann}).forward(x).bins) > 0.01);
}

TEST_CASE("a window is an option by name, and old configs have none",
          "[dsp][stft][config]") {
  CHECK(sep::write_config(StftOptions{}) ==
        "window_length: 512\nhop_length: 128\nwindow: sqrt_hann\n");
  const auto old =
      sep::parse_config<StftOptions>("window_length: 64\nhop_length: 16\n", "old");
  CHECK(old.window == sep::StftWindow::kSqrtHann);
  CHECK(sep::parse_config<StftOptions>("window: hann", "new").window ==
        sep::StftWindow::kHann);
  CHECK_THROWS_WITH(sep::parse_config<StftOptions>("window: hanning", "typo"),
                    Catch::Matchers::Contains("window = "));
}

TEST_CASE("the transform is linear", "[dsp][stft][property]") {
  for (const StftOptions& options : grid()) {
    const Stft stft(options);
    const int64_t num_samples = 3 * options.window_length + 1;
    auto x = make_noise(1, num_samples, "x");
    const auto y = make_noise(1, num_samples, "y");
    const auto separate = weighted_sum(0.25, stft.forward(x), -0.5, stft.forward(y));
    for (size_t n = 0; n < x.samples.size(); ++n) {
      x.samples[n] = 0.25F * x.samples[n] - 0.5F * y.samples[n];
    }
    CAPTURE(options.window_length, options.hop_length);
    CHECK(worst_difference(stft.forward(x).bins, separate.bins) <=
          transform_tolerance(options.window_length));
  }
}

TEST_CASE("frames are counted as in the header", "[dsp][stft]") {
  const Stft stft({512, 128});
  CHECK(stft.num_frames(0) == 1);
  CHECK(stft.num_frames(1) == 2);
  CHECK(stft.num_frames(128) == 2);
  CHECK(stft.num_frames(129) == 3);
  CHECK(stft.num_frames(25 * 44100) == 8615);  // docs/protocol.md
  CHECK_THROWS_AS(stft.num_frames(-1), sep::Error);
  for (const int64_t num_samples : {0, 1, 127, 128, 129, 1000}) {
    const auto spectrogram = stft.forward(make_noise(2, num_samples, "frames"));
    CHECK(spectrogram.num_frames == (num_samples + 127) / 128 + 1);
    CHECK(int64_t(spectrogram.bins.size()) == 2 * spectrogram.num_frames * 257);
  }
}

TEST_CASE("a sine of amplitude 1 in a bin has magnitude 0.5", "[dsp][stft]") {
  const int64_t length = 512, bin = 64;
  auto signal = sep::make_silence(1, 5000, 44100);
  for (size_t n = 0; n < signal.samples.size(); ++n) {
    signal.samples[n] =
        float(std::cos(2.0 * M_PI * double(bin) * double(n) / double(length) + 0.3));
  }
  const auto spectrogram = Stft({length, 128}).forward(signal);
  const auto magnitude = spectrogram.magnitude();
  // The sine's other half lies 2 * bin bins away, where a half-wave window's transform
  // has fallen to 1 / ((4 * bin)^2 - 1).
  const double leak = 0.5 / (16.0 * double(bin * bin) - 1.0);
  for (int64_t t = 2; t < spectrogram.num_frames - 3; ++t) {
    const double value = double(magnitude[size_t(t * spectrogram.num_bins + bin)]);
    CHECK(std::abs(value - 0.5) <= leak + transform_tolerance(length));
  }
}

TEST_CASE("the transform keeps energy", "[dsp][stft][property]") {
  for (const StftOptions& options :
       {StftOptions{64, 32}, {64, 8}, {512, 128}, {512, 100}, kHann64}) {
    const int64_t length = options.window_length;
    auto signal = make_noise(1, 9 * length, "energy");
    // Silent ends: there every sample lies in as many frames as anywhere.
    std::fill_n(signal.samples.begin(), length, 0.0F);
    std::fill_n(signal.samples.end() - length, length, 0.0F);
    const auto window = sep::make_window(options.window, length);
    const auto overlap = sep::overlap_sum(window, options.hop_length);
    double window_sum = 0.0;
    for (const float w : window) window_sum += double(w);

    double expected = 0.0;
    for (size_t n = 0; n < signal.samples.size(); ++n) {
      const size_t phase = (n + size_t(length) / 2) % overlap.size();
      expected += double(signal.samples[n]) * double(signal.samples[n]) * overlap[phase];
    }
    double energy = 0.0;
    const auto spectrogram = Stft(options).forward(signal);
    for (size_t i = 0; i < spectrogram.bins.size(); ++i) {
      const int64_t f = int64_t(i) % spectrogram.num_bins;
      const double weight = f == 0 || f == length / 2 ? 1.0 : 2.0;
      energy += weight * double(std::norm(spectrogram.bins[i]));
    }
    energy *= window_sum * window_sum / double(length);
    CHECK(energy == Approx(expected).epsilon(transform_tolerance(length)));
  }
}

TEST_CASE("channels are transformed each by itself", "[dsp][stft]") {
  const Stft stft({64, 16});
  const auto both = make_noise(2, 333, "stereo");
  const auto spectrogram = stft.forward(both);
  const auto back = stft.inverse(spectrogram, 333, 48000);
  CHECK(back.num_channels == 2);
  const auto half = spectrogram.bins.size() / 2;
  for (int64_t c = 0; c < 2; ++c) {
    sep::Signal one;
    one.samples.assign(both.channel(c), both.channel(c) + 333);
    const auto alone = stft.forward(one);
    const auto begin = spectrogram.bins.begin() + std::ptrdiff_t(half) * c;
    CHECK(std::equal(
        alone.bins.begin(), alone.bins.end(), begin, begin + std::ptrdiff_t(half)));
    const auto samples = stft.inverse(alone, 333, 48000).samples;
    CHECK(
        std::equal(samples.begin(), samples.end(), back.channel(c), back.channel(c) + 333));
  }
}

TEST_CASE("imaginary parts of the first and last bin are of no effect", "[dsp][stft]") {
  for (const StftOptions& options : {StftOptions{2, 1}, {16, 4}, {250, 50}, {512, 128}}) {
    const Stft stft(options);
    const auto spectrogram = stft.forward(make_noise(1, 1000, "imaginary"));
    auto changed = spectrogram;
    for (int64_t t = 0; t < changed.num_frames; ++t) {
      auto* frame = changed.bins.data() + t * changed.num_bins;
      frame[0] += std::complex<float>(0.0F, 0.5F);
      frame[changed.num_bins - 1] += std::complex<float>(0.0F, -0.5F);
    }
    CAPTURE(options.window_length);
    CHECK(stft.inverse(changed, 1000, 44100).samples ==
          stft.inverse(spectrogram, 1000, 44100).samples);
  }
}

TEST_CASE("a magnitude neither overflows nor vanishes", "[dsp][stft]") {
  sep::Spectrogram spectrogram;
  spectrogram.num_frames = 1;
  spectrogram.num_bins = 4;
  spectrogram.bins = {{3.0F, -4.0F}, {0.0F, 0.0F}, {3e30F, 4e30F}, {-3e-30F, 4e-30F}};
  CHECK(spectrogram.magnitude() == std::vector<float>{5.0F, 0.0F, 5e30F, 5e-30F});
}

TEST_CASE("options outside their bounds are refused by name", "[dsp][stft]") {
  CHECK(refusal({512, 513}) == "hop_length = 513: wants 1 to window_length = 512");
  CHECK(refusal({512, 0}) == "hop_length = 0: wants 1 to window_length = 512");
  CHECK(refusal({0, 1}) == "window_length = 0: wants an even number from 2 to 65536");
  CHECK(refusal({511, 128}) == "window_length = 511: wants an even number from 2 to 65536");
  CHECK(refusal({65538, 4}) ==
        "window_length = 65538: wants an even number from 2 to 65536");
  CHECK(refusal({-512, 128}) ==
        "window_length = -512: wants an even number from 2 to 65536");
  CHECK(refusal({65536, 32768}) == "accepted");
  // Halfway between two frames h apart a Hann window is cos(pi h / (2 length))^2.
  CHECK(refusal({512, 400, sep::StftWindow::kHann}) == "accepted");
  CHECK(refusal({512, 470, sep::StftWindow::kHann}).find("hop_length = 470: wants") == 0);
}

// The sum of w^2 is lowest halfway between two centres, hop / 2 from each, where the
// window is cos(pi hop / (2 length)); past half the window its maximum is 1.
TEST_CASE("windows that hardly overlap are refused", "[dsp][stft]") {
  CHECK(refusal({512, 500}) == "accepted");
  CHECK(refusal({512, 511})
            .find("hop_length = 511: wants windows of 512 that overlap more") == 0);
  for (const int64_t length : {2, 4, 512, 1024}) {
    CHECK(refusal({length, length}).find("hop_length") == 0);
    CHECK(refusal({length, length / 2}) == "accepted");
  }
}

TEST_CASE("a spectrogram of another shape is refused", "[dsp][stft]") {
  const Stft stft({64, 16});
  const auto spectrogram = stft.forward(make_noise(1, 100, "shape"));
  const auto refusal = [&](const Stft& by, int64_t num_samples) -> std::string {
    try {
      by.inverse(spectrogram, num_samples, 44100);
    } catch (const sep::Error& error) {
      return error.what();
    }
    return "accepted";
  };
  CHECK(refusal(stft, 100) == "accepted");
  CHECK(refusal(stft, 97) == "accepted");  // as many frames
  CHECK(refusal(stft, 96) == "a spectrogram of 8 frames: wants 7 for 96 samples");
  CHECK(refusal(stft, 113) == "a spectrogram of 8 frames: wants 9 for 113 samples");
  CHECK(refusal(stft, -1) == "-1 samples: wants 0 or more");
  CHECK(refusal(Stft({32, 16}), 100) ==
        "a spectrogram of 33 bins: wants 17 for window_length = 32");
  auto short_of_values = spectrogram;
  short_of_values.bins.pop_back();
  CHECK_THROWS_AS(stft.inverse(short_of_values, 100, 44100), sep::Error);
  sep::Signal none;
  none.num_channels = 0;
  CHECK_THROWS_AS(stft.forward(none), sep::Error);
}
