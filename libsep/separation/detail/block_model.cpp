#include "libsep/separation/detail/block_model.h"

#include <algorithm>

namespace sep {
namespace {

constexpr double kContextSeconds = 8.0;
constexpr double kFadeSeconds = 1.0;

int64_t rounded_up(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

/// A frame depends on the samples under its window, and a sample on the frames over it.
int64_t samples_of_frames(int64_t frames, const StftOptions& stft) {
  return frames * stft.hop_length + 2 * stft.window_length;
}

}  // namespace

BlockModel::BlockModel(const LoadedModel& model,
                       const torch::Device& device,
                       const SignalSpool& mixture,
                       const detail::InputScaling& scaling,
                       const BlockPlan& plan)
    : network_(*model.model),
      device_(device),
      stft_(model.description.stft),
      mixture_(mixture),
      scaling_(scaling),
      plan_(plan) {
  const auto rate = static_cast<double>(mixture.sample_rate());
  const bool is_waveform = network_.domain() == NetworkDomain::kWaveform;
  const auto known = network_.context();
  context_ = static_cast<int64_t>(kContextSeconds * rate);
  if (known) {
    context_ = is_waveform ? *known : samples_of_frames(*known, stft_);
  } else {
    fade_ = std::min(static_cast<int64_t>(kFadeSeconds * rate), plan.length - plan.delay);
  }
  context_ = rounded_up(context_, is_waveform ? 1 : stft_.hop_length);
}

std::vector<Signal> BlockModel::separate(const Signal& chunk) const {
  if (network_.domain() == NetworkDomain::kWaveform) {
    return detail::separate_waveform(network_, chunk, scaling_.gain, device_);
  }
  const Stft stft(stft_);
  std::vector<Signal> stems;
  for (const auto& bins :
       detail::separate_spectrogram(network_, stft.forward(chunk), scaling_, device_)) {
    stems.push_back(stft.inverse(bins, chunk.num_samples(), chunk.sample_rate));
  }
  return stems;
}

void BlockModel::fade_over(std::vector<Signal>& stems) const {
  for (size_t s = 0; s < tails_.size(); ++s) {
    const int64_t length = std::min(tails_[s].num_samples(), stems[s].num_samples());
    for (int64_t c = 0; c < stems[s].num_channels; ++c) {
      const float* before = tails_[s].channel(c);
      float* now = stems[s].channel(c);
      for (int64_t i = 0; i < length; ++i) {
        const auto weight = static_cast<float>(i + 1) / static_cast<float>(length + 1);
        now[i] += (1.0F - weight) * (before[i] - now[i]);
      }
    }
  }
}

std::vector<Signal> BlockModel::next() {
  const int64_t block = next_block_++;
  const int64_t begin = plan_.begin(block);
  const int64_t end = plan_.end(block);
  // From a multiple of the hop, so that frames lie where the whole recording's do.
  const int64_t unit = network_.domain() == NetworkDomain::kWaveform ? 1 : stft_.hop_length;
  const int64_t first = std::max<int64_t>(0, begin - context_) / unit * unit;
  const int64_t last = std::min(mixture_.num_samples(), end + context_);
  const auto chunk = mixture_.read(first, last);
  if (end == begin)
    return std::vector<Signal>(static_cast<size_t>(network_.num_stems()),
                               slice(chunk, begin - first, end - first));
  const auto all = separate(chunk);
  std::vector<Signal> stems;
  for (const auto& stem : all) stems.push_back(slice(stem, begin - first, end - first));
  fade_over(stems);
  tails_.clear();
  if (fade_ > 0 && !plan_.is_last(block)) {
    for (const auto& stem : all) {
      tails_.push_back(slice(stem, end - first, std::min(end + fade_, last) - first));
    }
  }
  return stems;
}

}  // namespace sep
