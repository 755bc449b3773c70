#pragma once

#include <torch/types.h>

#include <string>

#include "libsep/train/loss.h"

namespace sep::detail {

/// Throws Error, beginning with the loss's name, unless masks are (B, S, T, F), `target`
/// (called `target_name`) as they, and the mixture (B, T, F).
void check_masks(const LossInput& input,
                 const torch::Tensor& target,
                 const std::string& target_name,
                 const std::string& loss);

/// As check_masks() with the projections; energies are to be (B, S) and (B).
void check_phase(const LossInput& input, const std::string& loss);

/// Waveforms are (B, S, C, N), those of the mixture (B, C, N).
void check_waveforms(const LossInput& input, const std::string& loss);

/// The mixture's magnitudes beside the masks: (B, T, F) as (B, S, T, F), a view.
torch::Tensor mixture_of_each_stem(const LossInput& input);

}  // namespace sep::detail
