#include "libsep/separation/oracle.h"

namespace sep {

Oracle::Oracle(const StftOptions& stft,
               const Signal& mixture,
               const Signal& target,
               const Signal& rest)
    : stft_(stft),
      num_samples_(mixture.num_samples()),
      sample_rate_(mixture.sample_rate),
      mixture_(stft_.forward(mixture)),
      target_(stft_.forward(target)),
      rest_(stft_.forward(rest)) {}

Signal Oracle::separate(IdealMask kind) const {
  const auto mask = ideal_mask(kind, target_, rest_, mixture_);
  return stft_.inverse(apply_mask(mixture_, mask), num_samples_, sample_rate_);
}

}  // namespace sep
