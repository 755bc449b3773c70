#pragma once

#include <torch/types.h>

namespace sep {

/// Mean absolute error of the masked magnitudes, the published loss:
///
///     mean over (B, T, F) of | mask * mixture - target |
///
/// All (B, T, F), one shape: throws Error for another, where LibTorch would repeat the
/// smaller one. Not finite where an element is not: the trainer looks. Its optimum without
/// other constraints is mask = target / mixture, clipped to the mask's range: the ideal
/// amplitude mask.
torch::Tensor masked_magnitude_l1(const torch::Tensor& mask,
                                  const torch::Tensor& mixture,
                                  const torch::Tensor& target);

}  // namespace sep
