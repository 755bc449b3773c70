#pragma once

#include <cstdint>
#include <vector>

namespace sep {

/// Square root of the periodic Hann window, w[n] = |sin(pi n / length)|, n = 0 … length-1.
std::vector<float> sqrt_hann_window(int64_t length);

}  // namespace sep
