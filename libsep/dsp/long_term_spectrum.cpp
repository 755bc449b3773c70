#include "libsep/dsp/long_term_spectrum.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "libsep/core/error.h"
#include "libsep/dsp/window.h"

namespace sep {
namespace {

constexpr double kSmallestEnergy = 1e-4;

/// Over both halves of the spectrum Y^2 of unit RMS adds up to the sum of w^2.
double one_sided_energy(const StftOptions& options) {
  const auto window = make_window(options.window, options.window_length);
  return 0.5 * std::inner_product(window.begin(), window.end(), window.begin(), 0.0);
}

}  // namespace

double power_scale(const StftOptions& options) {
  const auto window = make_window(options.window, options.window_length);
  return std::accumulate(window.begin(), window.end(), 0.0) /
         std::sqrt(static_cast<double>(options.window_length));
}

LongTermSpectrum::LongTermSpectrum(const StftOptions& options,
                                   int64_t num_channels,
                                   int64_t num_bins)
    : num_channels_(num_channels), num_bins_(num_bins) {
  options.validate();
  SEP_CHECK(num_channels >= 1 && num_bins >= 1 && num_bins <= options.num_bins(),
            "a long-term spectrum of {} channels and {} bins: wants at least one channel, "
            "and 1 to {} bins",
            num_channels,
            num_bins,
            options.num_bins());
  scale_ = power_scale(options);
  least_energy_ = kSmallestEnergy * one_sided_energy(options);
  sums_.assign(static_cast<size_t>(num_channels * num_bins), 0.0);
  num_frames_.assign(static_cast<size_t>(num_channels), 0);
}

void LongTermSpectrum::add(const Spectrogram& frames, double gain) {
  SEP_CHECK(frames.num_channels == num_channels_ && frames.num_bins >= num_bins_,
            "frames of {} channels and {} bins for a long-term spectrum of {} and {}",
            frames.num_channels,
            frames.num_bins,
            num_channels_,
            num_bins_);
  std::vector<float> row(static_cast<size_t>(num_bins_));
  const auto* bins = frames.bins.data();
  for (int64_t c = 0; c < num_channels_; ++c) {
    for (int64_t t = 0; t < frames.num_frames; ++t) {
      std::transform(bins, bins + num_bins_, row.begin(), [&](const auto& bin) {
        return static_cast<float>(gain) * std::abs(bin);
      });
      add(row.data(), c, 1);
      bins += frames.num_bins;
    }
  }
}

void LongTermSpectrum::add(const float* magnitude, int64_t channel, int64_t num_frames) {
  const auto count = static_cast<size_t>(num_bins_);
  const double factor = scale_ * scale_;
  double* sums = sums_.data() + channel * num_bins_;
  std::vector<float> power(count);
  for (int64_t t = 0; t < num_frames; ++t) {
    double energy = 0.0;
    for (size_t f = 0; f < count; ++f) {
      const double x = magnitude[f];
      power[f] = static_cast<float>(factor * x * x);
      energy += static_cast<double>(power[f]);
    }
    magnitude += num_bins_;
    if (energy < least_energy_) continue;
    num_frames_[static_cast<size_t>(channel)] += 1;
    for (size_t f = 0; f < count; ++f) {
      sums[f] +=
          static_cast<double>(std::log10(power[f] + static_cast<float>(kPowerFloor)));
    }
  }
}

std::vector<std::vector<float>> LongTermSpectrum::means() const {
  std::vector<std::vector<float>> result(num_frames_.size());
  for (size_t c = 0; c < result.size(); ++c) {
    if (num_frames_[c] == 0) continue;
    const auto count = static_cast<double>(num_frames_[c]);
    const auto first = sums_.begin() + static_cast<int64_t>(c) * num_bins_;
    std::transform(
        first, first + num_bins_, std::back_inserter(result[c]), [&](double sum) {
          return static_cast<float>(sum / count);
        });
  }
  return result;
}

std::vector<float> smoothed(const std::vector<float>& values, int64_t width) {
  SEP_CHECK(width >= 1 && width % 2 == 1,
            "a spectrum smoothed over {} bins: wants an odd number",
            width);
  const auto count = static_cast<int64_t>(values.size());
  std::vector<float> result;
  for (int64_t f = 0; f < count; ++f) {
    double sum = 0.0;
    for (int64_t k = f - width / 2; k <= f + width / 2; ++k) {
      const auto at = static_cast<size_t>(std::clamp<int64_t>(k, 0, count - 1));
      sum += static_cast<double>(values[at]);
    }
    result.push_back(static_cast<float>(sum / static_cast<double>(width)));
  }
  return result;
}

void equalize(float* magnitude,
              int64_t num_frames,
              const StftOptions& options,
              const std::vector<float>& difference) {
  const double scale = power_scale(options);
  const auto smallest = static_cast<float>(kPowerFloor / (scale * scale));
  std::vector<float> factors;
  std::transform(
      difference.begin(), difference.end(), std::back_inserter(factors), [](float d) {
        return std::pow(10.0F, -d);
      });
  for (int64_t t = 0; t < num_frames; ++t) {
    for (const float factor : factors) {
      const float power = (*magnitude * *magnitude + smallest) * factor - smallest;
      *magnitude = std::sqrt(std::max(power, 0.0F));
      ++magnitude;
    }
  }
}

}  // namespace sep
