#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "libsep/separation/detail/block_frames.h"
#include "libsep/separation/detail/long_model.h"

namespace sep {

/// A network that carries states (StateCarrying) over a long recording, with what its
/// layers give on the disk: each direction of a layer runs once, forwards beside backwards,
/// where CarriedModel, which keeps states alone, runs those below again for each above. For
/// networks whose rows are no longer than a hop, so that the disk holds no more than three
/// times the recording.
class RecordedModel : public LongModel {
 public:
  /// Whether it is for this model.
  static bool suits(const LoadedModel& model);

  /// `scaling` is the input's (detail/network_estimates.h); `folder` is for what layers
  /// give.
  RecordedModel(const LoadedModel& model,
                const torch::Device& device,
                const SignalSpool& mixture,
                const detail::InputScaling& scaling,
                const BlockPlan& plan,
                const std::filesystem::path& folder);

  /// In units of a direction of a layer over a block.
  double prepare_cost() const override;
  double next_cost() const override;

  void prepare(const std::function<void(double)>& report) override;
  std::vector<Signal> next() override;

 private:
  /// What both directions of a layer give, by group of channels: frames in the order in
  /// which a direction comes upon blocks, (T, C, H) a block.
  using Record = std::array<std::unique_ptr<SignalSpool>, 2>;

  /// A few channels, computed together.
  struct Group {
    int64_t first_channel = 0;
    int64_t num_channels = 0;
    Record record;                   // of the last layer that has run
    std::vector<Spectrogram> tails;  // by stem: the separated frames the next block needs
  };

  torch::Tensor first_input(const Group& group, const Signal& chunk, int64_t block) const;
  torch::Tensor recorded(const Group& group, int64_t block) const;
  torch::Tensor read(const Group& group, int64_t direction, int64_t block) const;
  void sweep(int64_t layer,
             LstmDirection direction,
             std::vector<Record>& records,
             const std::function<void(double)>& report) const;
  std::vector<Signal> separate(Group& group, const Signal& chunk, int64_t block);

  Network& network_;
  StateCarrying& states_;
  torch::Device device_;
  BlockFrames frames_;
  detail::InputScaling scaling_;
  std::filesystem::path folder_;
  std::vector<Group> groups_;
  int64_t next_block_ = 0;
};

}  // namespace sep
