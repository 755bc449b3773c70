#include "libsep/separation/detail/carried_model.h"

#include <algorithm>

#include "libsep/core/threads.h"
#include "libsep/model/serial_math.h"
#include "libsep/separation/detail/network_estimates.h"

namespace sep {
namespace {

// Channels side by side share the weights they read; more only take memory.
constexpr int64_t kGroupChannels = 2;

// Of everything around the layers, in units of one layer.
constexpr double kOtherCost = 1.0;

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

CarriedModel::CarriedModel(const LoadedModel& model,
                           const torch::Device& device,
                           const SignalSpool& mixture,
                           double gain,
                           const BlockPlan& plan)
    : network_(*model.model),
      states_(*network_.carrying()),
      device_(device),
      stft_(model.description.stft),
      mixture_(mixture),
      gain_(gain),
      plan_(plan) {
  const auto layers = static_cast<size_t>(num_layers());
  const std::vector<LstmState> states(static_cast<size_t>(plan.num_blocks()));
  for (int64_t c = 0; c < mixture.num_channels(); c += kGroupChannels) {
    Group group;
    group.first_channel = c;
    group.num_channels = std::min(kGroupChannels, mixture.num_channels() - c);
    group.forward.assign(layers, states);
    group.backward.assign(layers, states);
    group.tails.resize(static_cast<size_t>(network_.num_stems()));
    groups_.push_back(std::move(group));
  }
}

double CarriedModel::prepare_cost() const {
  double cost = 0.0;
  for (int64_t layer = 0; layer < num_layers(); ++layer) {
    const double sweep = static_cast<double>(layer) + 0.5 + kOtherCost / 2;
    cost += layer + 1 < num_layers() ? 2 * sweep : sweep;
  }
  return cost * static_cast<double>(plan_.num_blocks());
}

double CarriedModel::next_cost() const {
  return static_cast<double>(num_layers()) + kOtherCost;
}

// The samples under a block's frames.
Signal CarriedModel::read(int64_t block) const {
  const int64_t begin = std::max<int64_t>(block * plan_.length - plan_.delay, 0);
  const int64_t end = is_last(block) ? plan_.num_samples
                                     : std::min((block + 1) * plan_.length + plan_.delay,
                                                plan_.num_samples);
  return mixture_.read(begin, end);
}

Spectrogram CarriedModel::spectrogram(const Group& group,
                                      const Signal& chunk,
                                      int64_t block) const {
  const int64_t hop = stft_.options().hop_length;
  const auto all =
      stft_.forward(channels_of(chunk, group.first_channel, group.num_channels));
  const int64_t first = block == 0 ? 0 : plan_.delay / hop;
  return frames_of(
      all, first, is_last(block) ? all.num_frames : first + plan_.length / hop);
}

// The first layers over a block, (T, B, I) of the next one; the forward states that come
// out go to the next block where that has none yet.
torch::Tensor CarriedModel::run_layers(Group& group,
                                       const Spectrogram& spectrogram,
                                       int64_t block,
                                       int64_t num_layers) {
  auto hidden = states_.begin(
      detail::network_input(network_, spectrogram, gain_, device_));  // (T, C, I)
  const auto k = static_cast<size_t>(block);
  for (int64_t layer = 0; layer < num_layers; ++layer) {
    const auto l = static_cast<size_t>(layer);
    std::array<LstmState, 2> states = {group.forward[l][k], group.backward[l][k]};
    std::array<torch::Tensor, 2> outputs;
    parallel_for(2, device_.is_cpu() ? 0 : 1, [&](int64_t i) {
      const SerialThread serial;
      const torch::InferenceMode no_gradients;
      const auto d = static_cast<size_t>(i);
      outputs[d] =
          states_.run_layer(layer,
                            i == 0 ? LstmDirection::kForward : LstmDirection::kBackward,
                            hidden,
                            states[d]);
    });
    if (!is_last(block)) group.forward[l][k + 1] = states[0];
    hidden = torch::cat({outputs[0], outputs[1]}, 2);  // (T, C, 2H)
  }
  return hidden;
}

void CarriedModel::sweep(int64_t layer,
                         LstmDirection direction,
                         const std::function<void(double)>& report) {
  const int64_t num_blocks = plan_.num_blocks();
  std::vector<LstmState> states(groups_.size());
  for (int64_t i = 0; i < num_blocks; ++i) {
    const bool forward = direction == LstmDirection::kForward;
    const int64_t block = forward ? i : num_blocks - 1 - i;
    const auto chunk = read(block);
    for (size_t g = 0; g < groups_.size(); ++g) {
      auto& group = groups_[g];
      auto& known = forward ? group.forward : group.backward;
      known[static_cast<size_t>(layer)][static_cast<size_t>(block)] = states[g];
      const auto hidden = run_layers(group, spectrogram(group, chunk, block), block, layer);
      states_.run_layer(layer, direction, hidden, states[g]);
    }
    report(static_cast<double>(layer) + 0.5 + kOtherCost / 2);
  }
}

// Layer by layer, since a layer hears both directions of the one below. The last layer's
// forward direction comes along in next().
void CarriedModel::prepare(const std::function<void(double)>& report) {
  const torch::InferenceMode no_gradients;
  for (int64_t layer = 0; layer < num_layers(); ++layer) {
    if (layer + 1 < num_layers()) sweep(layer, LstmDirection::kForward, report);
    sweep(layer, LstmDirection::kBackward, report);
  }
}

std::vector<Spectrogram> CarriedModel::separate(Group& group,
                                                const Signal& chunk,
                                                int64_t block) {
  const auto mixture = spectrogram(group, chunk, block);
  const auto masks = states_.end(run_layers(group, mixture, block, num_layers()));
  std::vector<Spectrogram> estimates;
  for (int64_t s = 0; s < masks.size(1); ++s) {
    estimates.push_back(detail::apply_masks(mixture, masks, s));
  }
  return estimates;
}

Signal CarriedModel::overlap_add(Spectrogram& tail,
                                 const Spectrogram& spectrogram,
                                 int64_t block) {
  const int64_t hop = stft_.options().hop_length;
  const int64_t first = block == 0 ? 0 : block * plan_.length - 2 * plan_.delay;
  const auto frames = joined(tail, spectrogram);
  const int64_t length =
      is_last(block) ? plan_.num_samples - first : (frames.num_frames - 1) * hop;
  const auto signal = stft_.inverse(frames, length, mixture_.sample_rate());
  tail = frames_of(frames,
                   std::max<int64_t>(frames.num_frames - 2 * plan_.delay / hop, 0),
                   frames.num_frames);
  const int64_t begin = block == 0 ? 0 : plan_.delay;
  const int64_t end =
      is_last(block) ? length : (block + 1) * plan_.length - plan_.delay - first;
  return slice(signal, begin, end);
}

std::vector<Signal> CarriedModel::next() {
  const torch::InferenceMode no_gradients;
  const int64_t block = next_block_++;
  const auto chunk = read(block);
  const Signal none{mixture_.num_channels(), mixture_.sample_rate(), {}};
  std::vector<Signal> stems(static_cast<size_t>(network_.num_stems()), none);
  for (auto& group : groups_) {
    const auto estimates = separate(group, chunk, block);
    for (size_t s = 0; s < stems.size(); ++s) {
      const auto part = overlap_add(group.tails[s], estimates[s], block);
      auto& samples = stems[s].samples;
      samples.insert(samples.end(), part.samples.begin(), part.samples.end());
    }
  }
  return stems;
}

}  // namespace sep
