#pragma once

#include <cstdint>
#include <vector>

namespace sep {

/// Audio of C channels and N samples a channel; full scale is ±1.
///
///     samples  [ channel 0: N samples | channel 1: N samples | … ]
struct Signal {
  int64_t num_channels = 1;
  int64_t sample_rate = 44100;  ///< Hz
  std::vector<float> samples;   ///< (C, N)

  int64_t num_samples() const;  ///< N, samples a channel
  double seconds() const;
  float* channel(int64_t c) { return samples.data() + c * num_samples(); }
  const float* channel(int64_t c) const { return samples.data() + c * num_samples(); }
};

/// All zeros.
Signal make_silence(int64_t num_channels, int64_t num_samples, int64_t sample_rate);

/// Samples [begin, end) of every channel. Throws Error unless 0 <= begin <= end <= N.
Signal slice(const Signal& signal, int64_t begin, int64_t end);

/// Samples [first, first + count) of every channel, zeros where there are none. Throws
/// Error for a negative count.
Signal padded_slice(const Signal& signal, int64_t first, int64_t count);

/// The sum of the stems, (C, N) as each of them; added in the order given.
/// Throws Error where there is none, or where rate, channels or lengths differ.
Signal mix(const std::vector<const Signal*>& stems);

/// The mixture without `stem`, sample by sample. Throws Error where rate, channels or
/// lengths differ.
Signal subtract(const Signal& mixture, const Signal& stem);

/// Largest absolute sample; 0 for no samples.
float peak(const Signal& signal);

/// Whether every sample of every channel equals that channel's first one: such a
/// signal has no energy once its mean is removed, and no score.
bool is_silent(const Signal& signal);

/// Root mean square over all samples; 0 for no samples.
double rms(const Signal& signal);

}  // namespace sep
