#pragma once

#include <vector>

#include "libsep/core/config.h"
#include "libsep/dsp/stft.h"

namespace sep {

/// Masks computed from the true parts: the upper bounds of separation by masking.
/// S target, R rest, X mixture; 0 / 0 is 0.
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
