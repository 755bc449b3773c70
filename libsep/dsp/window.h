#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "libsep/core/config.h"

namespace sep {

/// The window that an STFT has before and after what is done to spectra. The first is the
/// default and the thesis's; the second has lower side lobes (-31 dB beside -23), for a
/// main lobe of 4 bins beside 3 (Harris, Proc. IEEE 66, 1978), and is what other projects'
/// networks are trained with.
enum class StftWindow {
  kSqrtHann,  ///< sqrt_hann_window()
  kHann,      ///< hann_window()
};
template <>
struct EnumNames<StftWindow> {
  static constexpr std::pair<StftWindow, std::string_view> kValues[] = {
      {StftWindow::kSqrtHann, "sqrt_hann"}, {StftWindow::kHann, "hann"}};
};

/// The window of so many samples. Throws Error for a length below 1.
std::vector<float> make_window(StftWindow window, int64_t length);

/// Square root of the periodic Hann window, w[n] = |sin(pi n / length)|, n = 0 … length-1.
/// w[0] is 0 and, for an even length, w[length / 2] is 1. Computed in double and
/// rounded once. Throws Error for a length below 1.
std::vector<float> sqrt_hann_window(int64_t length);

/// The periodic Hann window, w[n] = sin(pi n / length)^2, likewise.
std::vector<float> hann_window(int64_t length);

/// The sum of w^2 over frames without end, `hop_length` samples apart: one period of it,
///
///     S[p] = sum over k of w[p + k hop_length]^2,  p = 0 … hop_length-1
///
/// It is what an overlap-add of frames that were windowed twice has to be divided by:
/// window_length / (2 hop_length) throughout for the square root where hop_length is a
/// whole part of half the window, 3 window_length / (8 hop_length) for Hann's where it
/// goes into the window three times or more often. Throws Error for a hop below 1.
std::vector<double> overlap_sum(const std::vector<float>& window, int64_t hop_length);

}  // namespace sep
