#include <algorithm>
#include <cmath>

#include "libsep/core/error.h"
#include "libsep/dsp/stft.h"

namespace sep {
namespace {

constexpr int64_t kMaxWindowLength = 65536;
constexpr double kMinOverlap = 1e-3;

}  // namespace

void StftOptions::validate() const {
  if (window_length < 2 || window_length > kMaxWindowLength || window_length % 2 != 0) {
    throw ConfigError(
        "window_length",
        fmt::format(
            " = {}: wants an even number from 2 to {}", window_length, kMaxWindowLength));
  }
  if (hop_length < 1 || hop_length > window_length) {
    throw ConfigError(
        "hop_length",
        fmt::format(" = {}: wants 1 to window_length = {}", hop_length, window_length));
  }
  const auto sum = overlap_sum(make_window(window, window_length), hop_length);
  const auto [lowest, highest] = std::minmax_element(sum.begin(), sum.end());
  if (*lowest < kMinOverlap * *highest) {
    throw ConfigError(
        "hop_length",
        fmt::format(" = {}: wants windows of {} that overlap more: the sum of w^2 falls to "
                    "{:.1e} of its maximum, wants {:.0e}",
                    hop_length,
                    window_length,
                    *lowest / *highest,
                    kMinOverlap));
  }
}

std::vector<float> Spectrogram::magnitude() const {
  std::vector<float> result(bins.size());
  std::transform(bins.begin(), bins.end(), result.begin(), [](std::complex<float> bin) {
    // In double squares neither overflow nor vanish; std::abs(complex<float>) takes
    // several times as long to the same end.
    const double re = bin.real();
    const double im = bin.imag();
    return static_cast<float>(std::sqrt(re * re + im * im));
  });
  return result;
}

}  // namespace sep
