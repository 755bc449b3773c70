#include "libsep/separation/detail/recorded_model.h"

#include <algorithm>
#include <utility>

#include "libsep/core/threads.h"
#include "libsep/model/serial_math.h"

namespace sep {
namespace {

// As in CarriedModel.
constexpr int64_t kGroupChannels = 2;

// Of the frames and what stands before the first layer, and of a block's way back.
constexpr double kFirstCost = 0.5;
constexpr double kLastCost = 2.0;

Signal as_signal(const torch::Tensor& values) {
  const auto host = values.to(torch::kCPU).contiguous();
  const auto* first = host.data_ptr<float>();
  return {1, 1, {first, first + host.numel()}};
}

}  // namespace

bool RecordedModel::suits(const LoadedModel& model) {
  auto* states = model.model->carrying();
  if (states == nullptr || states->hidden_size() == 0) return false;
  return 2 * states->hidden_size() <= model.description.stft.hop_length;
}

RecordedModel::RecordedModel(const LoadedModel& model,
                             const torch::Device& device,
                             const SignalSpool& mixture,
                             const detail::InputScaling& scaling,
                             const BlockPlan& plan,
                             const std::filesystem::path& folder)
    : network_(*model.model),
      states_(*network_.carrying()),
      device_(device),
      frames_(model.description.stft, mixture, plan),
      scaling_(scaling),
      folder_(folder) {
  for (int64_t c = 0; c < mixture.num_channels(); c += kGroupChannels) {
    Group group;
    group.first_channel = c;
    group.num_channels = std::min(kGroupChannels, mixture.num_channels() - c);
    group.tails.resize(static_cast<size_t>(network_.num_stems()));
    groups_.push_back(std::move(group));
  }
}

double RecordedModel::prepare_cost() const {
  const double directions = 2.0 * static_cast<double>(states_.num_layers());
  return (directions + 2.0 * kFirstCost) * static_cast<double>(frames_.plan().num_blocks());
}

double RecordedModel::next_cost() const { return kLastCost; }

torch::Tensor RecordedModel::first_input(const Group& group,
                                         const Signal& chunk,
                                         int64_t block) const {
  const auto spectrogram =
      frames_.forward(chunk, group.first_channel, group.num_channels, block);
  return states_.begin(
      detail::network_input(network_, spectrogram, scaling_, device_, group.first_channel));
}

torch::Tensor RecordedModel::read(const Group& group,
                                  int64_t direction,
                                  int64_t block) const {
  const int64_t last = frames_.plan().num_blocks() - 1;
  const int64_t count = frames_.count(block);
  const int64_t all = frames_.begin(last) + frames_.count(last);
  const int64_t first =
      direction == 0 ? frames_.begin(block) : all - frames_.begin(block) - count;
  const int64_t row = group.num_channels * states_.hidden_size();
  auto values = group.record[static_cast<size_t>(direction)]->read(first * row,
                                                                   (first + count) * row);
  return torch::from_blob(values.samples.data(),
                          {count, group.num_channels, states_.hidden_size()})
      .clone();
}

/// (T, C, 2H) of a block, as the layer that ran last gave it.
torch::Tensor RecordedModel::recorded(const Group& group, int64_t block) const {
  return torch::cat({read(group, 0, block), read(group, 1, block)}, 2).to(device_);
}

void RecordedModel::sweep(int64_t layer,
                          LstmDirection direction,
                          std::vector<Record>& records,
                          const std::function<void(double)>& report) const {
  const bool forward = direction == LstmDirection::kForward;
  const int64_t num_blocks = frames_.plan().num_blocks();
  std::vector<LstmState> states(groups_.size());
  for (int64_t i = 0; i < num_blocks; ++i) {
    const int64_t block = forward ? i : num_blocks - 1 - i;
    const auto chunk = layer == 0 ? frames_.read(block) : Signal{};
    for (size_t g = 0; g < groups_.size(); ++g) {
      const auto input =
          layer == 0 ? first_input(groups_[g], chunk, block) : recorded(groups_[g], block);
      const auto output = states_.run_layer(layer, direction, input, states[g]);
      records[g][forward ? 0 : 1]->append(as_signal(output));
    }
    report(layer == 0 ? 1.0 + kFirstCost : 1.0);
  }
}

void RecordedModel::prepare(const std::function<void(double)>& report) {
  for (int64_t layer = 0; layer < states_.num_layers(); ++layer) {
    std::vector<Record> records(groups_.size());
    for (auto& record : records) {
      for (auto& spool : record) spool = std::make_unique<SignalSpool>(folder_, 1, 1);
    }
    parallel_for(2, device_.is_cpu() ? 0 : 1, [&](int64_t i) {
      const SerialThread serial;
      const torch::InferenceMode no_gradients;
      sweep(layer,
            i == 0 ? LstmDirection::kForward : LstmDirection::kBackward,
            records,
            report);
    });
    for (size_t g = 0; g < groups_.size(); ++g) groups_[g].record = std::move(records[g]);
  }
}

/// The block of each stem, of a group's channels.
std::vector<Signal> RecordedModel::separate(Group& group,
                                            const Signal& chunk,
                                            int64_t block) {
  const auto mixture =
      frames_.forward(chunk, group.first_channel, group.num_channels, block);
  const auto masks = states_.end(recorded(group, block));
  std::vector<Signal> stems(group.tails.size());
  parallel_for(masks.size(1), 0, [&](int64_t i) {
    const SerialThread serial;
    const torch::InferenceMode no_gradients;
    const auto s = static_cast<size_t>(i);
    stems[s] =
        frames_.inverse(group.tails[s], detail::apply_masks(mixture, masks, i), block);
  });
  return stems;
}

std::vector<Signal> RecordedModel::next() {
  const torch::InferenceMode no_gradients;
  const int64_t block = next_block_++;
  return frames_.give_out(
      block, groups_.size(), network_.num_stems(), [&](size_t g, const Signal& chunk) {
        return separate(groups_[g], chunk, block);
      });
}

}  // namespace sep
