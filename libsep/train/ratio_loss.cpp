#include "libsep/train/ratio_loss.h"

#include <torch/torch.h>

#include <cmath>

#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/train/detail/loss_input.h"
#include "libsep/train/detail/spectral_products.h"

namespace sep {
namespace {

constexpr double kEps = 1e-8;
constexpr double kSilentTarget = 1e-3;    // of the mixture's energy
constexpr double kSilentEstimate = 1e-6;  // likewise

/// Sums of one stem of one item: all (B, S), in double, but for the mixture's (B, 1).
struct Energies {
  torch::Tensor estimate;  // |e|^2
  torch::Tensor product;   // <e, s>
  torch::Tensor target;    // |s|^2
  torch::Tensor mixture;   // |x|^2
  torch::Tensor error;     // |e - s|^2

  torch::Tensor guarded_target() const {
    return torch::maximum(target, kSilentTarget * mixture).clamp_min(kEps);
  }
  torch::Tensor guarded_estimate() const {
    return torch::maximum(estimate, kSilentEstimate * mixture).clamp_min(kEps);
  }
};

Energies of_spectra(const LossInput& input) {
  const auto products =
      detail::spectral_products(input.masks, input.mixture, input.projections);
  Energies result;
  result.estimate = products.select(2, 0);
  result.product = products.select(2, 1);
  result.target = input.target_energies.to(torch::kFloat64);
  result.mixture = input.mixture_energy.to(torch::kFloat64).unsqueeze(1);
  // Rounding may take it below 0 where the estimate is the target.
  result.error = (result.estimate - 2.0 * result.product + result.target).clamp_min(0.0);
  return result;
}

torch::Tensor sum_squares(const torch::Tensor& waves) {  // over C and N
  return waves.square().sum({-2, -1}).to(torch::kFloat64);
}

Energies of_waves(const LossInput& input, bool remove_mean) {
  const auto centred = [&](const torch::Tensor& waves) {
    return remove_mean ? waves - waves.mean(-1, /*keepdim=*/true) : waves;
  };
  const auto estimate = centred(input.estimate_waves);
  const auto target = centred(input.target_waves);
  Energies result;
  result.estimate = sum_squares(estimate);
  result.product = (estimate * target).sum({-2, -1}).to(torch::kFloat64);
  result.target = sum_squares(target);
  result.mixture = sum_squares(centred(input.mixture_waves)).unsqueeze(1);
  result.error = sum_squares(estimate - target);
  return result;
}

/// Of forms other than soft: E and A of RatioForm.
torch::Tensor ratio_of(RatioForm form,
                       const torch::Tensor& error,
                       const torch::Tensor& target,
                       double floor) {
  switch (form) {
    case RatioForm::kThreshold:
      return (error + floor * target + kEps) / (target + kEps);
    case RatioForm::kLogMse:
      return error + floor * target + kEps;
    case RatioForm::kPlain:
      return (target / (error + kEps) + kEps).reciprocal();
    case RatioForm::kClamped:
      return (error / target.clamp_min(kEps)).clamp(floor, 1.0 / floor);
    case RatioForm::kSoft:
      break;
  }
  throw Error("the soft form is no ratio of error and target alone");
}

class RatioLoss : public StemLoss {
 public:
  RatioLoss(std::string name, const RatioLossOptions& options)
      : name_(std::move(name)),
        options_(options),
        floor_(std::pow(10.0, -options.max_db / 10.0)) {
    options_.validate();
  }

  LossNeeds needs(EstimateForm form) const override {
    LossNeeds needs;
    const bool has_masks = form == EstimateForm::kRealMasks;
    needs.phase = options_.domain == LossDomain::kSpectrum ||
                  (options_.domain == LossDomain::kAuto && has_masks);
    needs.waveforms = !needs.phase;
    return needs;
  }

  torch::Tensor stem_costs(const LossInput& input) const override {
    return 10.0 * torch::log10(ratio(energies(input)));
  }

  torch::Tensor operator()(const LossInput& input) const override {
    const auto& estimates = in_spectrum(input) ? input.masks : input.estimate_waves;
    return stem_costs(input).mean().to(estimates.scalar_type());
  }

 protected:
  virtual torch::Tensor ratio(const Energies& of) const = 0;

  RatioForm form() const { return options_.form; }
  double floor() const { return floor_; }

 private:
  bool in_spectrum(const LossInput& input) const {
    return options_.domain == LossDomain::kSpectrum ||
           (options_.domain == LossDomain::kAuto && input.projections.defined());
  }

  Energies energies(const LossInput& input) const {
    if (in_spectrum(input)) {
      detail::check_phase(input, name_);
      return of_spectra(input);
    }
    detail::check_waveforms(input, name_);
    return of_waves(input, options_.remove_mean);
  }

  std::string name_;
  RatioLossOptions options_;
  double floor_;
};

class Snr : public RatioLoss {
 public:
  explicit Snr(const RatioLossOptions& options) : RatioLoss("snr", options) {}

 protected:
  torch::Tensor ratio(const Energies& of) const override {
    if (form() == RatioForm::kSoft) return of.error / of.guarded_target() + floor();
    return ratio_of(form(), of.error, of.target, floor());
  }
};

class SiSdr : public RatioLoss {
 public:
  explicit SiSdr(const RatioLossOptions& options) : RatioLoss("si_sdr", options) {}

 protected:
  torch::Tensor ratio(const Energies& of) const override {
    if (form() == RatioForm::kSoft) {
      const auto found = of.product.square() / of.guarded_target();
      const auto all = of.guarded_estimate();
      return (all - found + floor() * all) / (found + floor() * all);
    }
    const auto scale = form() == RatioForm::kClamped
                           ? of.product / of.target.clamp_min(kEps)
                           : of.product / (of.target + kEps);
    const auto target = scale.square() * of.target;
    const auto error = of.estimate - 2.0 * scale * of.product + target;
    return ratio_of(form(), error.clamp_min(0.0), target, floor());
  }
};

}  // namespace

void RatioLossOptions::validate() const {
  check_bounds("max_db", max_db, 1.0, 100.0);
  if (remove_mean && domain != LossDomain::kWaveform) {
    throw ConfigError("remove_mean", " = true: wants domain = waveform");
  }
}

std::shared_ptr<Loss> make_snr(const SnrOptions& options) {
  return std::make_shared<Snr>(options);
}

std::shared_ptr<Loss> make_si_sdr(const SiSdrOptions& options) {
  return std::make_shared<SiSdr>(options);
}

}  // namespace sep
