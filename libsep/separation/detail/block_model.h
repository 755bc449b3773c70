#pragma once

#include "libsep/separation/detail/long_model.h"

namespace sep {

/// A network without carried states over a long recording: each block is separated with
/// what lies around it, and the middle is given out.
///
///     context() known     so much around, and a hop for the frames at the chunk's ends: no
///                         seams but rounding
///     unknown             8 s around, and the first second of a block fades over from what
///                         the block before it said of that second: seams are smooth, but
///                         the result is not that of the whole recording at once
class BlockModel : public LongModel {
 public:
  BlockModel(const LoadedModel& model,
             const torch::Device& device,
             const SignalSpool& mixture,
             const detail::InputScaling& scaling,
             const BlockPlan& plan);

  double prepare_cost() const override { return 0.0; }
  double next_cost() const override { return 1.0; }
  void prepare(const std::function<void(double)>& /*report*/) override {}
  std::vector<Signal> next() override;

 private:
  std::vector<Signal> separate(const Signal& chunk) const;
  void fade_over(std::vector<Signal>& stems) const;

  Network& network_;
  torch::Device device_;
  StftOptions stft_;
  const SignalSpool& mixture_;
  detail::InputScaling scaling_;
  BlockPlan plan_;
  int64_t context_ = 0;        // samples on each side
  int64_t fade_ = 0;           // samples; 0: none
  std::vector<Signal> tails_;  // by stem: what the last block said of the next one's fade
  int64_t next_block_ = 0;
};

}  // namespace sep
