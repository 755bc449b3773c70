#include "libsep/audio/detail/interleave.h"

namespace sep {

Signal join_channels(const std::vector<std::vector<float>>& channels, int64_t sample_rate) {
  Signal signal{static_cast<int64_t>(channels.size()), sample_rate, {}};
  for (const auto& channel : channels) {
    signal.samples.insert(signal.samples.end(), channel.begin(), channel.end());
  }
  return signal;
}

}  // namespace sep
