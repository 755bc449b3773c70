#include "libsep/train/loss.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>
#include <vector>

#include "libsep/core/error.h"
#include "libsep/core/threads.h"
#include "libsep/model/device.h"

namespace sep {
namespace {

constexpr int64_t kBlock = 1 << 16;

// Where three tensors lie in memory in the same order, without gaps.
bool lie_alike(const torch::Tensor& a, const torch::Tensor& b, const torch::Tensor& c) {
  const auto suits = [&](const torch::Tensor& x) {
    return x.is_cpu() && x.scalar_type() == torch::kFloat32 && x.sizes() == a.sizes() &&
           x.strides() == a.strides();
  };
  return a.is_non_overlapping_and_dense() && suits(a) && suits(b) && suits(c);
}

std::string shape_of(const torch::Tensor& tensor) {
  std::ostringstream text;
  text << tensor.sizes();
  return text.str();
}

template <class Work>
void for_each_block(int64_t count, Work work) {
  const int64_t blocks = (count + kBlock - 1) / kBlock;
  parallel_for(blocks, 0, [&](int64_t block) {
    work(block, block * kBlock, std::min(count, (block + 1) * kBlock));
  });
}

// In blocks of a fixed size, so that the sum does not depend on the number of threads;
// side by side within a block, so that it can be vectorized.
double absolute_error_sum(const float* mask,
                          const float* mixture,
                          const float* target,
                          int64_t count) {
  std::vector<double> sums(static_cast<size_t>((count + kBlock - 1) / kBlock));
  for_each_block(count, [&](int64_t block, int64_t begin, int64_t end) {
    constexpr int64_t kLanes = 16;
    std::array<double, kLanes> lanes{};
    int64_t i = begin;
    for (; i + kLanes <= end; i += kLanes) {
      for (int64_t k = 0; k < kLanes; ++k) {
        lanes[static_cast<size_t>(k)] +=
            std::fabs(mask[i + k] * mixture[i + k] - target[i + k]);
      }
    }
    double sum = 0.0;
    for (; i < end; ++i) sum += std::fabs(mask[i] * mixture[i] - target[i]);
    for (const double lane : lanes) sum += lane;
    sums[static_cast<size_t>(block)] = sum;
  });
  double total = 0.0;
  for (const double sum : sums) total += sum;
  return total;
}

// One pass forward and one back, where LibTorch's own takes seven and their memory.
class MaskedMagnitudeL1 : public torch::autograd::Function<MaskedMagnitudeL1> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context,
                               const torch::Tensor& mask,
                               const torch::Tensor& mixture,
                               const torch::Tensor& target) {
    context->save_for_backward({mask, mixture, target});
    const double sum = absolute_error_sum(mask.data_ptr<float>(),
                                          mixture.data_ptr<float>(),
                                          target.data_ptr<float>(),
                                          mask.numel());
    return torch::scalar_tensor(sum / static_cast<double>(mask.numel()), mask.options());
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    auto gradient = torch::empty_like(saved[0]);
    const float* mask = saved[0].data_ptr<float>();
    const float* mixture = saved[1].data_ptr<float>();
    const float* target = saved[2].data_ptr<float>();
    float* result = gradient.data_ptr<float>();
    const float scale = gradients[0].item<float>() / static_cast<float>(saved[0].numel());
    for_each_block(gradient.numel(), [&](int64_t, int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const float error = mask[i] * mixture[i] - target[i];
        const float sign = float(error > 0.0F) - float(error < 0.0F);
        result[i] = scale * mixture[i] * sign;
      }
    });
    return {gradient, torch::Tensor(), torch::Tensor()};
  }
};

}  // namespace

torch::Tensor masked_magnitude_l1(const torch::Tensor& mask,
                                  const torch::Tensor& mixture,
                                  const torch::Tensor& target) {
  SEP_CHECK(mask.sizes() == mixture.sizes() && mask.sizes() == target.sizes(),
            "the loss of a mask {}, a mixture {} and a target {}: wants one shape",
            shape_of(mask),
            shape_of(mixture),
            shape_of(target));
  const bool wants_only_mask = !mixture.requires_grad() && !target.requires_grad();
  if (wants_only_mask && lie_alike(mask, mixture, target)) {
    return MaskedMagnitudeL1::apply(mask, mixture, target);
  }
  return torch::l1_loss(mask * mixture, target);
}

bool LossNeeds::operator==(const LossNeeds& other) const {
  return magnitudes == other.magnitudes && phase == other.phase &&
         waveforms == other.waveforms;
}

LossNeeds LossNeeds::operator|(const LossNeeds& other) const {
  return {
      magnitudes || other.magnitudes, phase || other.phase, waveforms || other.waveforms};
}

Loss::~Loss() = default;

torch::Tensor StemLoss::operator()(const LossInput& input) const {
  return stem_costs(input).mean();
}

LossNeeds check_needs(const Loss& loss, const std::string& name, EstimateForm form) {
  const auto needs = loss.needs(form);
  SEP_CHECK(form == EstimateForm::kRealMasks || !(needs.magnitudes || needs.phase),
            "loss {}: compares masks of magnitudes, and this network gives waveforms",
            name);
  return needs;
}

}  // namespace sep
