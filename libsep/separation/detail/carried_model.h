#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "libsep/separation/detail/block_frames.h"
#include "libsep/separation/detail/long_model.h"

namespace sep {

/// A network that carries states (StateCarrying) over a long recording.
class CarriedModel : public LongModel {
 public:
  /// `scaling` is the input's (detail/network_estimates.h).
  CarriedModel(const LoadedModel& model,
               const torch::Device& device,
               const SignalSpool& mixture,
               const detail::InputScaling& scaling,
               const BlockPlan& plan);

  /// In units of a layer over a block.
  double prepare_cost() const override;
  double next_cost() const override;

  /// Finds what every layer remembers at the borders of the blocks.
  void prepare(const std::function<void(double)>& report) override;
  std::vector<Signal> next() override;

 private:
  /// A few channels, computed together, and their states.
  struct Group {
    int64_t first_channel = 0;
    int64_t num_channels = 0;
    std::vector<std::vector<LstmState>> forward;   // by layer, block: as it is entered
    std::vector<std::vector<LstmState>> backward;  // by layer, block: at its last frame
    std::vector<Spectrogram> tails;  // by stem: the separated frames the next block needs
  };

  int64_t num_layers() const { return states_.num_layers(); }
  bool is_last(int64_t block) const { return frames_.plan().is_last(block); }
  Spectrogram spectrogram(const Group& group, const Signal& chunk, int64_t block) const;
  torch::Tensor run_layers(Group& group,
                           const Spectrogram& spectrogram,
                           int64_t block,
                           int64_t num_layers);
  void sweep(int64_t layer, LstmDirection direction, const std::function<void(double)>&);
  std::vector<Signal> separate(Group& group, const Signal& chunk, int64_t block);

  Network& network_;
  StateCarrying& states_;
  torch::Device device_;
  BlockFrames frames_;
  detail::InputScaling scaling_;
  std::vector<Group> groups_;
  int64_t next_block_ = 0;
};

}  // namespace sep
