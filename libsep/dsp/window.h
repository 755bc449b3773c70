#pragma once

#include <cstdint>
#include <vector>

namespace sep {

/// Square root of the periodic Hann window, w[n] = |sin(pi n / length)|, n = 0 … length-1.
/// w[0] is 0 and, for an even length, w[length / 2] is 1. Computed in double and
/// rounded once. Throws Error for a length below 1.
std::vector<float> sqrt_hann_window(int64_t length);

/// The sum of w^2 over frames without end, `hop_length` samples apart: one period of it,
///
///     S[p] = sum over k of w[p + k hop_length]^2,  p = 0 … hop_length-1
///
/// It is what an overlap-add of frames that were windowed twice has to be divided by:
/// window_length / (2 hop_length) throughout for the window above where hop_length is
/// a whole part of half the window. Throws Error for a hop below 1.
std::vector<double> overlap_sum(const std::vector<float>& window, int64_t hop_length);

}  // namespace sep
