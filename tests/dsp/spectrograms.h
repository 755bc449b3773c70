#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "libsep/core/random.h"
#include "libsep/core/signal.h"
#include "libsep/dsp/stft.h"

/// White noise in (-1, 1), another for each name.
inline sep::Signal make_noise(int64_t num_channels, int64_t num_samples, const char* name) {
  sep::Signal signal = sep::make_silence(num_channels, num_samples, 44100);
  sep::RandomStream random(7, name, {num_channels, num_samples});
  for (float& sample : signal.samples) sample = float(random.uniform(-1.0, 1.0));
  return signal;
}

/// Complex noise in the square of (-1, 1).
inline sep::Spectrogram make_noise_bins(int64_t num_channels,
                                        int64_t num_frames,
                                        int64_t num_bins,
                                        const char* name) {
  sep::Spectrogram result;
  result.num_channels = num_channels;
  result.num_frames = num_frames;
  result.num_bins = num_bins;
  sep::RandomStream random(8, name);
  for (int64_t i = 0; i < num_channels * num_frames * num_bins; ++i) {
    const auto re = float(random.uniform(-1.0, 1.0));
    const auto im = float(random.uniform(-1.0, 1.0));
    result.bins.emplace_back(re, im);
  }
  return result;
}

/// The largest |a - b|; infinite for unequal lengths or a value that is not a number.
template <class T>
double worst_difference(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) return HUGE_VAL;
  double worst = 0.0;
  for (size_t i = 0; i < a.size(); ++i) {
    const double difference = double(std::abs(a[i] - b[i]));
    if (std::isnan(difference)) return HUGE_VAL;
    worst = std::max(worst, difference);
  }
  return worst;
}
