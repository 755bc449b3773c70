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

/// Sums over one stem of one item: (B, S), in double; the mixture's (B, 1).
class Energies {
 public:
  virtual ~Energies() = default;
  virtual torch::Tensor estimate() const = 0;                         // |e|^2
  virtual torch::Tensor product() const = 0;                          // <e, s>
  virtual torch::Tensor target() const = 0;                           // |s|^2
  virtual torch::Tensor mixture() const = 0;                          // |x|^2
  virtual torch::Tensor error() const = 0;                            // |e - s|^2
  virtual torch::Tensor error(const torch::Tensor& scale) const = 0;  // |e - a s|^2

  torch::Tensor guarded_target() const {
    return torch::maximum(target(), kSilentTarget * mixture()).clamp_min(kEps);
  }
  torch::Tensor guarded_estimate() const {
    return torch::maximum(estimate(), kSilentEstimate * mixture()).clamp_min(kEps);
  }
};

class SpectralEnergies : public Energies {
 public:
  explicit SpectralEnergies(const LossInput& input)
      : products_(detail::spectral_products(input.masks, input.mixture, input.projections)),
        target_(input.target_energies.to(torch::kFloat64)),
        mixture_(input.mixture_energy.to(torch::kFloat64).unsqueeze(1)) {}

  torch::Tensor estimate() const override { return products_.select(2, 0); }
  torch::Tensor product() const override { return products_.select(2, 1); }
  torch::Tensor target() const override { return target_; }
  torch::Tensor mixture() const override { return mixture_; }

  // Rounding may take them below 0 where the estimate is the target.
  torch::Tensor error() const override {
    return (estimate() - 2.0 * product() + target_).clamp_min(0.0);
  }
  torch::Tensor error(const torch::Tensor& scale) const override {
    return (estimate() - 2.0 * scale * product() + scale.square() * target_).clamp_min(0.0);
  }

 private:
  torch::Tensor products_, target_, mixture_;
};

class WaveEnergies : public Energies {
 public:
  WaveEnergies(const LossInput& input, bool remove_mean)
      : estimate_(centred(input.estimate_waves, remove_mean)),
        target_(centred(input.target_waves, remove_mean)),
        mixture_(centred(input.mixture_waves, remove_mean)) {}

  torch::Tensor estimate() const override { return sum(estimate_.square()); }
  torch::Tensor product() const override { return sum(estimate_ * target_); }
  torch::Tensor target() const override { return sum(target_.square()); }
  torch::Tensor mixture() const override { return sum(mixture_.square()).unsqueeze(1); }
  torch::Tensor error() const override { return sum((estimate_ - target_).square()); }
  torch::Tensor error(const torch::Tensor& scale) const override {
    const auto gain = scale.to(target_.scalar_type()).unsqueeze(-1).unsqueeze(-1);
    return sum((estimate_ - gain * target_).square());  // gain (B, S, 1, 1)
  }

 private:
  static torch::Tensor centred(const torch::Tensor& waves, bool remove_mean) {
    return remove_mean ? waves - waves.mean(-1, /*keepdim=*/true) : waves;
  }
  static torch::Tensor sum(const torch::Tensor& waves) {  // over C and N
    return waves.sum({-2, -1}).to(torch::kFloat64);
  }

  torch::Tensor estimate_, target_, mixture_;
};

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
    return 10.0 * torch::log10(ratio(*energies(input)));
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

  std::unique_ptr<Energies> energies(const LossInput& input) const {
    if (in_spectrum(input)) {
      detail::check_phase(input, name_);
      return std::make_unique<SpectralEnergies>(input);
    }
    detail::check_waveforms(input, name_);
    return std::make_unique<WaveEnergies>(input, options_.remove_mean);
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
    if (form() == RatioForm::kSoft) return of.error() / of.guarded_target() + floor();
    return ratio_of(form(), of.error(), of.target(), floor());
  }
};

class SiSdr : public RatioLoss {
 public:
  explicit SiSdr(const RatioLossOptions& options) : RatioLoss("si_sdr", options) {}

 protected:
  torch::Tensor ratio(const Energies& of) const override {
    if (form() == RatioForm::kSoft) {
      const auto found = of.product().square() / of.guarded_target();
      const auto all = of.guarded_estimate();
      return (all - found + floor() * all) / (found + floor() * all);
    }
    const auto target = of.target();
    const auto scale = form() == RatioForm::kClamped ? of.product() / target.clamp_min(kEps)
                                                     : of.product() / (target + kEps);
    return ratio_of(form(), of.error(scale), scale.square() * target, floor());
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
