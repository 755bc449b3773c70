#include "libsep/train/multi_resolution_stft.h"

#include <torch/torch.h>

#include <cmath>
#include <string>
#include <vector>

#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/train/detail/loss_input.h"

namespace sep {
namespace {

constexpr double kSmallestPower = 1e-8;
constexpr double kSilentTarget = 1e-3;  // of the mixture's energy

/// Magnitudes (…, F, T) of waveforms (…, N).
torch::Tensor magnitudes(const torch::Tensor& waves, const StftResolution& at) {
  const int64_t half = at.fft_length / 2;
  const auto window = torch::constant_pad_nd(
      torch::hann_window(at.window_length, waves.options()),
      {(at.fft_length - at.window_length) / 2, (at.fft_length - at.window_length + 1) / 2});
  const auto rows = waves.reshape({-1, 1, waves.size(-1)});
  const auto padded = torch::reflection_pad1d(rows, {half, half}).squeeze(1);
  const auto spectra = torch::stft(padded,
                                   at.fft_length,
                                   at.hop_length,
                                   at.fft_length,
                                   window,
                                   /*normalized=*/false,
                                   /*onesided=*/true,
                                   /*return_complex=*/true);
  const auto power = torch::view_as_real(spectra).square().sum(-1);
  auto sizes = waves.sizes().vec();
  sizes.back() = power.size(1);
  sizes.push_back(power.size(2));
  return power.clamp_min(kSmallestPower).sqrt().reshape(sizes);
}

class MultiResolutionStft : public StemLoss {
 public:
  explicit MultiResolutionStft(const MultiResolutionStftOptions& options)
      : options_(options) {
    options_.validate();
  }

  LossNeeds needs(EstimateForm) const override {
    LossNeeds needs;
    needs.waveforms = true;
    return needs;
  }

  torch::Tensor stem_costs(const LossInput& input) const override {
    return mean_over_resolutions(input, {2, 3, 4});
  }

  torch::Tensor operator()(const LossInput& input) const override {
    return mean_over_resolutions(input, {0, 1, 2, 3, 4});
  }

 private:
  // Norms and means over those axes of B, S, C, F and T.
  torch::Tensor mean_over_resolutions(const LossInput& input,
                                      const std::vector<int64_t>& axes) const {
    detail::check_waveforms(input, "multi_resolution_stft");
    torch::Tensor sum;
    for (const auto& resolution : options_.resolutions) {
      const auto cost = cost_at(input, resolution, axes);
      sum = sum.defined() ? sum + cost : cost;
    }
    return sum / static_cast<double>(options_.resolutions.size());
  }

  torch::Tensor cost_at(const LossInput& input,
                        const StftResolution& resolution,
                        const std::vector<int64_t>& axes) const {
    const int64_t num_samples = input.estimate_waves.size(-1);
    SEP_CHECK(num_samples > resolution.fft_length / 2,
              "loss multi_resolution_stft: signals of {} samples, wants more than {}",
              num_samples,
              resolution.fft_length / 2);
    const auto estimate = magnitudes(input.estimate_waves, resolution);
    const auto target = magnitudes(input.target_waves, resolution);
    auto cost = options_.log_magnitude * (estimate.log() - target.log()).abs().mean(axes);
    if (options_.spectral_convergence > 0.0) {
      const auto mixture = magnitudes(input.mixture_waves, resolution)
                               .unsqueeze(1)
                               .expand_as(target);  // (B, S, C, F, T)
      const auto scale = torch::maximum(target.norm(2, axes),
                                        std::sqrt(kSilentTarget) * mixture.norm(2, axes));
      cost =
          cost + options_.spectral_convergence * (target - estimate).norm(2, axes) / scale;
    }
    if (options_.magnitude > 0.0) {
      cost = cost + options_.magnitude * (estimate - target).abs().mean(axes);
    }
    return cost;
  }

  MultiResolutionStftOptions options_;
};

}  // namespace

void StftResolution::validate() const {
  check_bounds("fft_length", fft_length, 4, 65536);
  check_bounds("window_length", window_length, 2, fft_length);
  check_bounds("hop_length", hop_length, 1, window_length);
}

std::vector<StftResolution> default_resolutions() {
  return {{1024, 120, 600}, {2048, 240, 1200}, {512, 50, 240}};
}

void MultiResolutionStftOptions::validate() const {
  if (resolutions.empty()) throw ConfigError("resolutions", " = []: wants at least one");
  for (const auto& resolution : resolutions) resolution.validate();
  check_bounds("spectral_convergence", spectral_convergence, 0.0, 1e6);
  check_bounds("log_magnitude", log_magnitude, 0.0, 1e6);
  check_bounds("magnitude", magnitude, 0.0, 1e6);
}

std::shared_ptr<Loss> make_multi_resolution_stft(
    const MultiResolutionStftOptions& options) {
  return std::make_shared<MultiResolutionStft>(options);
}

}  // namespace sep
