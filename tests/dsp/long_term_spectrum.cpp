#include "libsep/dsp/long_term_spectrum.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/signals.h"

using namespace sep;

namespace {

const StftOptions kStft = {64, 16, StftWindow::kHann};
constexpr int64_t kBins = 20;

/// Noise of unit RMS through a filter of the spectrum, `gain_of` each bin.
template <class GainOf>
std::vector<float> magnitudes(int64_t num_samples, GainOf gain_of) {
  const auto noise = make_noise(1, num_samples, 8000);
  double energy = 0.0;
  for (const float x : noise.samples) energy += double(x) * double(x);
  const double gain = std::sqrt(double(num_samples) / energy);
  const auto all = Stft(kStft).forward(noise);
  std::vector<float> result;
  for (int64_t t = 0; t < all.num_frames; ++t) {
    for (int64_t f = 0; f < kBins; ++f) {
      const auto bin = all.bins[static_cast<size_t>(t * all.num_bins + f)];
      result.push_back(static_cast<float>(gain * gain_of(f) * std::abs(bin)));
    }
  }
  return result;
}

std::vector<float> mean_of(const std::vector<float>& magnitude) {
  LongTermSpectrum spectrum(kStft, 1, kBins);
  spectrum.add(magnitude.data(), 0, static_cast<int64_t>(magnitude.size()) / kBins);
  return spectrum.means().front();
}

double scale() { return 32.0 / 8.0; }  // sum(w) / sqrt(W) of Hann's window of 64

}  // namespace

TEST_CASE("a long-term spectrum is the mean of log power", "[dsp]") {
  const auto magnitude = magnitudes(4000, [](int64_t) { return 1.0; });
  const auto found = mean_of(magnitude);
  const auto num_frames = static_cast<int64_t>(magnitude.size()) / kBins;
  for (int64_t f = 0; f < kBins; ++f) {
    double sum = 0.0;
    for (int64_t t = 0; t < num_frames; ++t) {
      const double y = scale() * double(magnitude[static_cast<size_t>(t * kBins + f)]);
      sum += std::log10(y * y + 1e-6);
    }
    // Floats of order 1, rounded once each.
    CHECK(double(found[static_cast<size_t>(f)]) ==
          Approx(sum / double(num_frames)).margin(1e-6));
  }
  const auto wide = smoothed(found, 5);
  for (int64_t f = 0; f < kBins; ++f) {
    double sum = 0.0;
    for (int64_t k = f - 2; k <= f + 2; ++k) {
      sum += double(found[static_cast<size_t>(std::clamp<int64_t>(k, 0, kBins - 1))]);
    }
    CHECK(double(wide[static_cast<size_t>(f)]) == Approx(sum / 5.0).margin(1e-6));
  }
}

TEST_CASE("what is equalised has the spectrum that is wanted", "[dsp][property]") {
  // Any filter is gone: it only scales bins. Of power well above the floor: 1e-6 of powers
  // around 0.1 moves log10 by 1e-5, and what noise has below 1e-3 is rare enough.
  const auto flat = magnitudes(4000, [](int64_t) { return 1.0; });
  auto coloured =
      magnitudes(4000, [](int64_t f) { return std::pow(10.0, -0.05 * double(f % 7)); });
  const auto wanted = mean_of(flat);
  auto difference = mean_of(coloured);
  for (size_t f = 0; f < difference.size(); ++f) difference[f] -= wanted[f];
  equalize(coloured.data(), int64_t(coloured.size()) / kBins, kStft, difference);
  const auto found = mean_of(coloured);
  for (size_t f = 0; f < found.size(); ++f) {
    CHECK(double(found[f]) == Approx(double(wanted[f])).margin(1e-4));
  }
  for (size_t i = 0; i < flat.size(); ++i) {
    CHECK(double(coloured[i]) == Approx(double(flat[i])).epsilon(1e-3).margin(1e-3));
  }
}

TEST_CASE("without a difference nothing is equalised", "[dsp]") {
  auto magnitude = magnitudes(400, [](int64_t) { return 1.0; });
  magnitude.front() = 0.0F;
  const auto before = magnitude;
  equalize(magnitude.data(),
           int64_t(magnitude.size()) / kBins,
           kStft,
           std::vector<float>(size_t(kBins), 0.0F));
  // The floor is added and taken off in floats: an eps of the power, or of the floor's
  // root, sqrt(1e-6 1.2e-7) / 4, where there is nothing.
  for (size_t i = 0; i < before.size(); ++i) {
    CHECK(double(magnitude[i]) == Approx(double(before[i])).epsilon(1e-5).margin(1e-6));
  }
}

TEST_CASE("pauses do not count as colour", "[dsp]") {
  auto magnitude = magnitudes(4000, [](int64_t) { return 1.0; });
  const auto before = mean_of(magnitude);
  magnitude.insert(magnitude.end(), size_t(kBins) * 500, 1e-5F);
  CHECK(mean_of(magnitude) == before);
  CHECK(mean_of(std::vector<float>(size_t(kBins) * 10, 0.0F)).empty());
}

TEST_CASE("blocks and channels add up", "[dsp]") {
  const auto stereo = make_noise(2, 4000, 8000);
  const auto frames = Stft(kStft).forward(stereo);
  LongTermSpectrum whole(kStft, 2, kBins), parts(kStft, 2, kBins);
  const double gain = 1.0 / rms(stereo);
  whole.add(frames, gain);
  for (const auto& [begin, end] :
       {std::pair<int64_t, int64_t>{0, 1}, {1, 100}, {100, frames.num_frames}}) {
    Spectrogram part{2, end - begin, frames.num_bins, {}};
    for (int64_t c = 0; c < 2; ++c) {
      const auto* first = frames.bins.data() + c * frames.num_frames * frames.num_bins;
      part.bins.insert(
          part.bins.end(), first + begin * frames.num_bins, first + end * frames.num_bins);
    }
    parts.add(part, gain);
  }
  CHECK(parts.means() == whole.means());
  // The second channel alone.
  LongTermSpectrum second(kStft, 1, kBins);
  Signal alone{1, 8000, {stereo.channel(1), stereo.channel(1) + 4000}};
  second.add(Stft(kStft).forward(alone), gain);
  CHECK(second.means().front() == whole.means().at(1));
}

TEST_CASE("wrong shapes of a long-term spectrum are refused", "[dsp]") {
  CHECK_THROWS_AS(LongTermSpectrum(kStft, 0, 3), Error);
  CHECK_THROWS_AS(LongTermSpectrum(kStft, 1, 34), Error);
  LongTermSpectrum spectrum(kStft, 1, kBins);
  CHECK_THROWS_AS(spectrum.add(Stft(kStft).forward(make_noise(2, 99, 8000)), 1.0), Error);
  CHECK_THROWS_AS(smoothed({1.0F, 2.0F}, 2), Error);
}
