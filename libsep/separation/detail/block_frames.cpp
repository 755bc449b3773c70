#include "libsep/separation/detail/block_frames.h"

#include <algorithm>

namespace sep {
namespace {

Spectrogram frames_of(const Spectrogram& spectrogram, int64_t begin, int64_t end) {
  const int64_t bins = spectrogram.num_bins;
  Spectrogram part{spectrogram.num_channels, end - begin, bins, {}};
  part.bins.reserve(static_cast<size_t>(part.num_channels * part.num_frames * bins));
  for (int64_t c = 0; c < spectrogram.num_channels; ++c) {
    const auto* channel = spectrogram.bins.data() + c * spectrogram.num_frames * bins;
    part.bins.insert(part.bins.end(), channel + begin * bins, channel + end * bins);
  }
  return part;
}

/// `after` behind `before`; `before` may be empty.
Spectrogram joined(const Spectrogram& before, const Spectrogram& after) {
  if (before.num_frames == 0) return after;
  const int64_t bins = after.num_bins;
  Spectrogram result{after.num_channels, before.num_frames + after.num_frames, bins, {}};
  result.bins.reserve(before.bins.size() + after.bins.size());
  for (int64_t c = 0; c < after.num_channels; ++c) {
    for (const auto* part : {&before, &after}) {
      const auto* channel = part->bins.data() + c * part->num_frames * bins;
      result.bins.insert(result.bins.end(), channel, channel + part->num_frames * bins);
    }
  }
  return result;
}

Signal channels_of(const Signal& signal, int64_t first, int64_t count) {
  Signal part{count, signal.sample_rate, {}};
  part.samples.assign(signal.channel(first),
                      signal.channel(first) + count * signal.num_samples());
  return part;
}

}  // namespace

BlockFrames::BlockFrames(const StftOptions& stft,
                         const SignalSpool& mixture,
                         const BlockPlan& plan)
    : stft_(stft), mixture_(mixture), plan_(plan) {}

int64_t BlockFrames::begin(int64_t block) const {
  return block * plan_.length / stft_.options().hop_length;
}

int64_t BlockFrames::count(int64_t block) const {
  const int64_t end =
      plan_.is_last(block) ? stft_.num_frames(plan_.num_samples) : begin(block + 1);
  return end - begin(block);
}

Signal BlockFrames::read(int64_t block) const {
  const int64_t begin = std::max<int64_t>(block * plan_.length - plan_.delay, 0);
  const int64_t end =
      plan_.is_last(block)
          ? plan_.num_samples
          : std::min((block + 1) * plan_.length + plan_.delay, plan_.num_samples);
  return mixture_.read(begin, end);
}

Spectrogram BlockFrames::forward(const Signal& chunk,
                                 int64_t first_channel,
                                 int64_t num_channels,
                                 int64_t block) const {
  const int64_t hop = stft_.options().hop_length;
  const auto all = stft_.forward(channels_of(chunk, first_channel, num_channels));
  const int64_t first = block == 0 ? 0 : plan_.delay / hop;
  return frames_of(
      all, first, plan_.is_last(block) ? all.num_frames : first + plan_.length / hop);
}

Signal BlockFrames::inverse(Spectrogram& tail,
                            const Spectrogram& spectrogram,
                            int64_t block) const {
  const int64_t hop = stft_.options().hop_length;
  const int64_t first = block == 0 ? 0 : block * plan_.length - 2 * plan_.delay;
  const auto frames = joined(tail, spectrogram);
  const int64_t length =
      plan_.is_last(block) ? plan_.num_samples - first : (frames.num_frames - 1) * hop;
  const auto signal = stft_.inverse(frames, length, mixture_.sample_rate());
  tail = frames_of(frames,
                   std::max<int64_t>(frames.num_frames - 2 * plan_.delay / hop, 0),
                   frames.num_frames);
  const int64_t begin = block == 0 ? 0 : plan_.delay;
  const int64_t end =
      plan_.is_last(block) ? length : (block + 1) * plan_.length - plan_.delay - first;
  return slice(signal, begin, end);
}

std::vector<Signal> BlockFrames::give_out(int64_t block,
                                          size_t num_groups,
                                          int64_t num_stems,
                                          const SeparateGroup& separate) const {
  const auto chunk = read(block);
  const Signal none{mixture_.num_channels(), mixture_.sample_rate(), {}};
  std::vector<Signal> stems(static_cast<size_t>(num_stems), none);
  for (size_t g = 0; g < num_groups; ++g) {
    const auto parts = separate(g, chunk);
    for (size_t s = 0; s < stems.size(); ++s) {
      auto& samples = stems[s].samples;
      samples.insert(samples.end(), parts[s].samples.begin(), parts[s].samples.end());
    }
  }
  return stems;
}

}  // namespace sep
