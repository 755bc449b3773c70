#include "libsep/train/waveform_loss.h"

#include <torch/torch.h>

#include <string>
#include <utility>

#include "libsep/train/detail/loss_input.h"

namespace sep {
namespace {

class WaveformLoss : public StemLoss {
 public:
  using Cost = torch::Tensor (*)(const torch::Tensor& difference);

  WaveformLoss(std::string name, Cost cost) : name_(std::move(name)), cost_(cost) {}

  LossNeeds needs(EstimateForm) const override {
    LossNeeds needs;
    needs.waveforms = true;
    return needs;
  }

  torch::Tensor stem_costs(const LossInput& input) const override {
    detail::check_waveforms(input, name_);
    return cost_(input.estimate_waves - input.target_waves).mean({2, 3});
  }

 private:
  std::string name_;
  Cost cost_;
};

}  // namespace

std::shared_ptr<Loss> make_waveform_l1(const WaveformL1Options&) {
  return std::make_shared<WaveformLoss>(
      "waveform_l1", [](const torch::Tensor& difference) { return difference.abs(); });
}

std::shared_ptr<Loss> make_waveform_l2(const WaveformL2Options&) {
  return std::make_shared<WaveformLoss>(
      "waveform_l2", [](const torch::Tensor& difference) { return difference.square(); });
}

}  // namespace sep
