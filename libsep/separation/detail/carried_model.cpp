#include "libsep/separation/detail/carried_model.h"

#include <algorithm>

#include "libsep/core/threads.h"
#include "libsep/model/serial_math.h"

namespace sep {
namespace {

// Channels side by side share the weights they read; more only take memory.
constexpr int64_t kGroupChannels = 2;

// Of everything around the layers, in units of one layer.
constexpr double kOtherCost = 1.0;

}  // namespace

CarriedModel::CarriedModel(const LoadedModel& model,
                           const torch::Device& device,
                           const SignalSpool& mixture,
                           const detail::InputScaling& scaling,
                           const BlockPlan& plan)
    : network_(*model.model),
      states_(*network_.carrying()),
      device_(device),
      frames_(model.description.stft, mixture, plan),
      scaling_(scaling) {
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
  return cost * static_cast<double>(frames_.plan().num_blocks());
}

double CarriedModel::next_cost() const {
  return static_cast<double>(num_layers()) + kOtherCost;
}

Spectrogram CarriedModel::spectrogram(const Group& group,
                                      const Signal& chunk,
                                      int64_t block) const {
  return frames_.forward(chunk, group.first_channel, group.num_channels, block);
}

// The first layers over a block, (T, B, I) of the next one; the forward states that come
// out go to the next block where that has none yet.
torch::Tensor CarriedModel::run_layers(Group& group,
                                       const Spectrogram& spectrogram,
                                       int64_t block,
                                       int64_t num_layers) {
  auto hidden = states_.begin(detail::network_input(
      network_, spectrogram, scaling_, device_, group.first_channel));  // (T, C, I)
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
  const int64_t num_blocks = frames_.plan().num_blocks();
  std::vector<LstmState> states(groups_.size());
  for (int64_t i = 0; i < num_blocks; ++i) {
    const bool forward = direction == LstmDirection::kForward;
    const int64_t block = forward ? i : num_blocks - 1 - i;
    const auto chunk = frames_.read(block);
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

std::vector<Signal> CarriedModel::separate(Group& group,
                                           const Signal& chunk,
                                           int64_t block) {
  const auto mixture = spectrogram(group, chunk, block);
  const auto masks = states_.end(run_layers(group, mixture, block, num_layers()));
  std::vector<Signal> stems;
  stems.reserve(group.tails.size());
  for (size_t s = 0; s < group.tails.size(); ++s) {
    const auto estimate = detail::apply_masks(mixture, masks, static_cast<int64_t>(s));
    stems.push_back(frames_.inverse(group.tails[s], estimate, block));
  }
  return stems;
}

std::vector<Signal> CarriedModel::next() {
  const torch::InferenceMode no_gradients;
  const int64_t block = next_block_++;
  return frames_.give_out(
      block, groups_.size(), network_.num_stems(), [&](size_t g, const Signal& chunk) {
        return separate(groups_[g], chunk, block);
      });
}

}  // namespace sep
