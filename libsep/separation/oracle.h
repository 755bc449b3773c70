#pragma once

#include "libsep/core/signal.h"
#include "libsep/dsp/mask.h"

namespace sep {

/// The mixture separated by an ideal mask: what masking can reach at best at these STFT
/// settings. The mask of target and rest times the complex STFT of the mixture; all
/// signals (C, N) of one rate. Throws Error where their shapes or rates differ.
class Oracle {
 public:
  Oracle(const StftOptions& stft,
         const Signal& mixture,
         const Signal& target,
         const Signal& rest);

  Signal separate(IdealMask kind) const;

 private:
  Stft stft_;
  int64_t num_samples_;
  int64_t sample_rate_;
  Spectrogram mixture_;
  Spectrogram target_;
  Spectrogram rest_;
};

}  // namespace sep
