#include "libsep/train/masked_loss.h"

#include <torch/torch.h>

#include "libsep/train/detail/loss_input.h"

namespace sep {
namespace {

torch::Tensor stem_means(const torch::Tensor& difference, ErrorNorm norm) {
  const auto costs = norm == ErrorNorm::kL1 ? difference.abs() : difference.square();
  return costs.mean({2, 3});
}

class MagnitudeLoss : public StemLoss {
 public:
  explicit MagnitudeLoss(ErrorNorm norm) : norm_(norm) {}

  LossNeeds needs(EstimateForm) const override {
    LossNeeds needs;
    needs.magnitudes = true;
    return needs;
  }

  torch::Tensor stem_costs(const LossInput& input) const override {
    detail::check_masks(input, input.targets, "targets", "magnitude_" + enum_name(norm_));
    return stem_means(input.masks * input.mixture.unsqueeze(1) - input.targets, norm_);
  }

 private:
  ErrorNorm norm_;
};

class MagnitudeL1 : public MagnitudeLoss {
 public:
  MagnitudeL1() : MagnitudeLoss(ErrorNorm::kL1) {}

  torch::Tensor operator()(const LossInput& input) const override {
    detail::check_masks(input, input.targets, "targets", "magnitude_l1");
    if (input.masks.size(1) > 1) {
      return masked_magnitude_l1(
          input.masks, detail::mixture_of_each_stem(input), input.targets);
    }
    // Not select(), whose gradient comes back in another layout, and is summed otherwise.
    return masked_magnitude_l1(
        input.masks.squeeze(1), input.mixture, input.targets.squeeze(1));
  }
};

class PhaseSensitive : public StemLoss {
 public:
  explicit PhaseSensitive(const PhaseSensitiveOptions& options) : options_(options) {}

  LossNeeds needs(EstimateForm) const override {
    LossNeeds needs;
    needs.phase = true;
    return needs;
  }

  torch::Tensor stem_costs(const LossInput& input) const override {
    detail::check_masks(input, input.projections, "projections", "phase_sensitive");
    const auto mixture = input.mixture.unsqueeze(1);  // (B, 1, T, F)
    auto target = input.projections;
    if (options_.clipped) target = torch::minimum(target.clamp_min(0.0), mixture);
    return stem_means(input.masks * mixture - target, options_.norm);
  }

 private:
  PhaseSensitiveOptions options_;
};

}  // namespace

std::shared_ptr<Loss> make_magnitude_l1(const MagnitudeL1Options&) {
  return std::make_shared<MagnitudeL1>();
}

std::shared_ptr<Loss> make_magnitude_l2(const MagnitudeL2Options&) {
  return std::make_shared<MagnitudeLoss>(ErrorNorm::kL2);
}

std::shared_ptr<Loss> make_phase_sensitive(const PhaseSensitiveOptions& options) {
  return std::make_shared<PhaseSensitive>(options);
}

}  // namespace sep
