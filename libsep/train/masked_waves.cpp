#include "libsep/train/masked_waves.h"

#include <torch/torch.h>

#include <numeric>

#include "libsep/core/error.h"
#include "libsep/dsp/window.h"

namespace sep {

torch::Tensor masked_waves(const torch::Tensor& masks,
                           const torch::Tensor& spectrum,
                           const StftOptions& stft,
                           int64_t num_samples) {
  SEP_CHECK(masks.dim() == 4 && spectrum.dim() == 3 && spectrum.is_complex() &&
                masks.size(0) == spectrum.size(0) && masks.size(2) == spectrum.size(1) &&
                masks.size(3) <= spectrum.size(2) && spectrum.size(2) == stft.num_bins(),
            "waveforms of masks: wants masks (B, S, T, F) and a spectrum (B, T, F)");
  const int64_t num_bins = spectrum.size(2);
  auto whole = masks;
  if (masks.size(3) < num_bins) {
    const auto last = masks.narrow(3, masks.size(3) - 1, 1);
    whole = torch::cat(
        {masks,
         last.expand(
             {masks.size(0), masks.size(1), masks.size(2), num_bins - masks.size(3)})},
        3);
  }
  auto window = make_window(stft.window, stft.window_length);
  const double sum = std::accumulate(window.begin(), window.end(), 0.0);
  const auto weights =
      torch::from_blob(window.data(), {stft.window_length}).clone().to(spectrum.device());
  const auto bins =
      (whole * (spectrum.unsqueeze(1) * sum)).flatten(0, 1).transpose(1, 2);  // (B S, F, T)
  const auto samples = torch::istft(bins,
                                    stft.window_length,
                                    stft.hop_length,
                                    stft.window_length,
                                    weights,
                                    /*center=*/true,
                                    /*normalized=*/false,
                                    /*onesided=*/true,
                                    num_samples);
  return samples.view({masks.size(0), masks.size(1), 1, num_samples});
}

}  // namespace sep
