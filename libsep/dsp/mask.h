#pragma once

#include <vector>

#include "libsep/core/config.h"
#include "libsep/dsp/stft.h"

namespace sep {

/// Masks computed from the true parts: what separation by masking can reach at best.
/// S target, R rest (the sum of the others), X mixture. 0 / 0 is 0; where only X is 0,
/// the amplitude mask is 1 and the phase-sensitive one 0 (X has no angle there).
///
/// The ratio masks of target and rest sum to 1 wherever either sounds, the binary ones
/// wherever |S| and |R| differ. Erdogan, Hershey, Watanabe, Le Roux, "Phase-sensitive
/// and recognition-boosted speech separation using deep recurrent neural networks",
/// ICASSP 2015, weighs such masks against each other.
enum class IdealMask {
  kBinary,          ///< 1 where |S| > |R|, else 0
  kRatio,           ///< |S| / (|S| + |R|)
  kAmplitude,       ///< min(1, |S| / |X|), the optimum of the L1 loss on magnitudes
  kPhaseSensitive,  ///< |S| / |X| cos(angle S - angle X), clipped to [0, 1]
};

/// As in the column `estimate` of scores.csv.
template <>
struct EnumNames<IdealMask> {
  static constexpr std::pair<IdealMask, std::string_view> kValues[] = {
      {IdealMask::kBinary, "ibm"},
      {IdealMask::kRatio, "irm"},
      {IdealMask::kAmplitude, "iam"},
      {IdealMask::kPhaseSensitive, "psm"}};
};

/// (C, T, F) in [0, 1]. Throws Error unless the three have one shape.
std::vector<float> ideal_mask(IdealMask kind,
                              const Spectrogram& target,
                              const Spectrogram& rest,
                              const Spectrogram& mixture);

/// The spectrogram times the mask, bin by bin. Throws Error unless mask is (C, T, F).
Spectrogram apply_mask(const Spectrogram& spectrogram, const std::vector<float>& mask);

}  // namespace sep
