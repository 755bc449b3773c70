#pragma once

#include <cmath>
#include <cstdint>

#include "libsep/core/random.h"
#include "libsep/core/signal.h"

/// A sine, the same in each channel.
inline sep::Signal make_sine(double hertz,
                             int64_t num_samples,
                             int64_t sample_rate,
                             double amplitude = 0.3,
                             int64_t num_channels = 1) {
  auto signal = sep::make_silence(num_channels, num_samples, sample_rate);
  for (int64_t c = 0; c < num_channels; ++c) {
    for (int64_t n = 0; n < num_samples; ++n) {
      const double phase = 2.0 * M_PI * hertz * double(n) / double(sample_rate);
      signal.channel(c)[n] = static_cast<float>(amplitude * std::sin(phase));
    }
  }
  return signal;
}

/// Normally distributed noise, another one in each channel and for each seed.
inline sep::Signal make_noise(int64_t num_channels,
                              int64_t num_samples,
                              int64_t sample_rate,
                              uint64_t seed = 7,
                              double deviation = 0.1) {
  auto signal = sep::make_silence(num_channels, num_samples, sample_rate);
  sep::RandomStream random(seed);
  for (float& x : signal.samples) x = static_cast<float>(deviation * random.normal());
  return signal;
}
