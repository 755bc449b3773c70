#pragma once

#include <torch/types.h>

#include <cstdint>

#include "libsep/dsp/stft.h"

namespace sep {

/// The waveforms of masked spectra, with gradients to the masks: Stft::inverse()
/// (dsp/stft.h) of M X for each stem.
///
///     masks (B, S, T, F'), real or complex; bins from F' on take the last one's
///     spectrum (B, T, F), complex, as Stft::forward() gives it
///     -> (B, S, 1, num_samples)
///
/// Throws Error for other shapes.
torch::Tensor masked_waves(const torch::Tensor& masks,
                           const torch::Tensor& spectrum,
                           const StftOptions& stft,
                           int64_t num_samples);

}  // namespace sep
