#include "libsep/audio/ranges.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr int64_t kNumRanges = 12;
constexpr int64_t kRangeSamples = 1000;  // less than a frame of FLAC
constexpr int64_t kBlockSamples = 1 << 16;

struct Cut {
  int64_t begin = 0;
  Signal signal;
};

/// Where ranges begin: at both ends, and between them at multiples of nothing, back and
/// forth.
std::vector<int64_t> range_begins(int64_t num_samples) {
  const int64_t last = std::max<int64_t>(0, num_samples - kRangeSamples);
  std::vector<int64_t> begins = {last, 0};
  for (int64_t i = 1; i < kNumRanges - 1; ++i) {
    const double turns = static_cast<double>(i) * 0.6180339887498949;
    const double part = turns - static_cast<double>(static_cast<int64_t>(turns));
    begins.push_back(static_cast<int64_t>(part * static_cast<double>(last)));
  }
  return begins;
}

/// Whether both are the same where they lie over each other.
bool agree(const Cut& a, const Cut& b) {
  const int64_t begin = std::max(a.begin, b.begin);
  const int64_t end =
      std::min(a.begin + a.signal.num_samples(), b.begin + b.signal.num_samples());
  if (begin >= end) return true;
  return slice(a.signal, begin - a.begin, end - a.begin).samples ==
         slice(b.signal, begin - b.begin, end - b.begin).samples;
}

}  // namespace

AudioRanges::AudioRanges(const std::filesystem::path& path)
    : path_(path), info_(read_audio_info(path)) {}

bool AudioRanges::check() const {
  AudioReader reader(path_);
  if (!reader.can_seek()) return false;
  std::vector<Cut> ranges;
  for (const int64_t begin : range_begins(info_.num_samples)) {
    const int64_t count = std::min(kRangeSamples, info_.num_samples - begin);
    ranges.push_back({begin, read(begin, count)});
  }
  Cut block{0, reader.read(kBlockSamples)};
  while (block.signal.num_samples() > 0) {
    for (const auto& range : ranges) {
      if (!agree(range, block)) return false;
    }
    block.begin += block.signal.num_samples();
    block.signal = reader.read(kBlockSamples);
  }
  return true;
}

Signal AudioRanges::read(int64_t first, int64_t count) const {
  SEP_CHECK(count >= 0, "{}: {} samples: wants 0 or more", path_.string(), count);
  AudioReader reader(path_);
  const auto& info = reader.info();
  SEP_CHECK(info.num_samples == info_.num_samples &&
                info.num_channels == info_.num_channels &&
                info.sample_rate == info_.sample_rate,
            "{}: another file than when it was first read",
            path_.string());
  const int64_t begin = std::clamp<int64_t>(first, 0, info.num_samples);
  const int64_t end = std::clamp<int64_t>(first + count, begin, info.num_samples);
  if (begin > 0) reader.seek(begin);
  return padded_slice(reader.read(end - begin), first - begin, count);
}

}  // namespace sep
