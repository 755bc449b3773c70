#include "libsep/separation/oracle.h"

#include "libsep/core/error.h"

namespace sep {
namespace {

const Signal& checked(const Signal& part, const Signal& mixture, const char* name) {
  SEP_CHECK(part.num_channels == mixture.num_channels &&
                part.num_samples() == mixture.num_samples() &&
                part.sample_rate == mixture.sample_rate,
            "the {} has {} channels of {} samples at {} Hz, the mixture {} of {} at {} Hz",
            name,
            part.num_channels,
            part.num_samples(),
            part.sample_rate,
            mixture.num_channels,
            mixture.num_samples(),
            mixture.sample_rate);
  return part;
}

}  // namespace

Oracle::Oracle(const StftOptions& stft,
               const Signal& mixture,
               const Signal& target,
               const Signal& rest)
    : stft_(stft),
      num_samples_(mixture.num_samples()),
      sample_rate_(mixture.sample_rate),
      mixture_(stft_.forward(mixture)),
      target_(stft_.forward(checked(target, mixture, "target"))),
      rest_(stft_.forward(checked(rest, mixture, "rest"))) {}

Signal Oracle::separate(IdealMask kind) const {
  const auto mask = ideal_mask(kind, target_, rest_, mixture_);
  return stft_.inverse(apply_mask(mixture_, mask), num_samples_, sample_rate_);
}

}  // namespace sep
