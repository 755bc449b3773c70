#include "libsep/dsp/mask.h"

#include <algorithm>
#include <cmath>

#include "libsep/core/error.h"

namespace sep {
namespace {

using Bin = std::complex<float>;

double power(Bin bin) {
  const double re = bin.real();
  const double im = bin.imag();
  return re * re + im * im;
}

double ratio_or_zero(double above, double below) {
  return above == 0.0 ? 0.0 : above / below;
}

float binary(Bin target, Bin rest, Bin) {
  return power(target) > power(rest) ? 1.0F : 0.0F;
}

float ratio(Bin target, Bin rest, Bin) {
  const double magnitude = std::sqrt(power(target));
  return static_cast<float>(ratio_or_zero(magnitude, magnitude + std::sqrt(power(rest))));
}

float amplitude(Bin target, Bin, Bin mixture) {
  const double square = ratio_or_zero(power(target), power(mixture));
  return static_cast<float>(std::min(1.0, std::sqrt(square)));
}

float phase_sensitive(Bin target, Bin, Bin mixture) {
  // |S| |X| cos(angle S - angle X) is the real part of S times X's conjugate.
  const double inner = static_cast<double>(target.real()) * mixture.real() +
                       static_cast<double>(target.imag()) * mixture.imag();
  return static_cast<float>(std::clamp(ratio_or_zero(inner, power(mixture)), 0.0, 1.0));
}

bool same_shape(const Spectrogram& a, const Spectrogram& b) {
  return a.num_channels == b.num_channels && a.num_frames == b.num_frames &&
         a.num_bins == b.num_bins && a.bins.size() == b.bins.size();
}

std::string shape_of(const Spectrogram& spectrogram) {
  return fmt::format("({}, {}, {})",
                     spectrogram.num_channels,
                     spectrogram.num_frames,
                     spectrogram.num_bins);
}

template <class Rule>
std::vector<float> each_bin(const Spectrogram& target,
                            const Spectrogram& rest,
                            const Spectrogram& mixture,
                            Rule rule) {
  std::vector<float> mask(target.bins.size());
  for (size_t i = 0; i < mask.size(); ++i) {
    mask[i] = rule(target.bins[i], rest.bins[i], mixture.bins[i]);
  }
  return mask;
}

}  // namespace

std::vector<float> ideal_mask(IdealMask kind,
                              const Spectrogram& target,
                              const Spectrogram& rest,
                              const Spectrogram& mixture) {
  SEP_CHECK(same_shape(target, rest) && same_shape(target, mixture),
            "an ideal mask of spectrograms of shapes {}, {} and {}: wants one shape",
            shape_of(target),
            shape_of(rest),
            shape_of(mixture));
  switch (kind) {
    case IdealMask::kBinary:
      return each_bin(target, rest, mixture, binary);
    case IdealMask::kRatio:
      return each_bin(target, rest, mixture, ratio);
    case IdealMask::kAmplitude:
      return each_bin(target, rest, mixture, amplitude);
    case IdealMask::kPhaseSensitive:
      return each_bin(target, rest, mixture, phase_sensitive);
  }
  throw Error("an ideal mask of no known kind");
}

Spectrogram apply_mask(const Spectrogram& spectrogram, const std::vector<float>& mask) {
  SEP_CHECK(mask.size() == spectrogram.bins.size(),
            "a mask of {} values for a spectrogram {}",
            mask.size(),
            shape_of(spectrogram));
  Spectrogram result = spectrogram;
  for (size_t i = 0; i < mask.size(); ++i) result.bins[i] *= mask[i];
  return result;
}

}  // namespace sep
