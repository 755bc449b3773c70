#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "libsep/core/signal.h"

namespace sep {

/// Samples [begin, begin + count) of all channels, one moment after the other as libraries
/// want them: convert(sample) for each.
template <class Convert>
auto interleaved(const Signal& signal,
                 int64_t begin,
                 int64_t count,
                 const Convert& convert) {
  std::vector<decltype(convert(0.0F))> result(
      static_cast<size_t>(count * signal.num_channels));
  for (int64_t c = 0; c < signal.num_channels; ++c) {
    const float* from = signal.channel(c) + begin;
    for (int64_t i = 0; i < count; ++i) {
      result[static_cast<size_t>(i * signal.num_channels + c)] = convert(from[i]);
    }
  }
  return result;
}

inline std::vector<float> interleaved(const Signal& signal, int64_t begin, int64_t count) {
  return interleaved(signal, begin, count, [](float sample) { return sample; });
}

/// Appends interleaved samples to as many channels.
inline void append_deinterleaved(const std::vector<float>& samples,
                                 std::vector<std::vector<float>>& channels) {
  const size_t num_channels = channels.size();
  for (size_t c = 0; c < num_channels; ++c) {
    for (size_t i = c; i < samples.size(); i += num_channels) {
      channels[c].push_back(samples[i]);
    }
  }
}

/// Channels of equal lengths, one after the other.
Signal join_channels(const std::vector<std::vector<float>>& channels, int64_t sample_rate);

}  // namespace sep
