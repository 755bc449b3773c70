#include "libsep/mixing/detail/cubic.h"

#include <algorithm>

namespace sep {

int64_t cubic_span(int64_t num_samples, double speed) {
  if (num_samples == 0) return 0;
  return static_cast<int64_t>(speed * static_cast<double>(num_samples - 1)) + 4;
}

void interpolate_cubic(const float* source,
                       double speed,
                       float* result,
                       int64_t num_samples) {
  if (speed == 1.0) {
    std::copy_n(source + 1, num_samples, result);
    return;
  }
  for (int64_t n = 0; n < num_samples; ++n) {
    const double place = speed * static_cast<double>(n);
    const auto whole = static_cast<int64_t>(place);
    const auto t = static_cast<float>(place - static_cast<double>(whole));
    const float* x = source + whole;
    const float before = t + 1.0F, after = t - 1.0F, beyond = t - 2.0F;
    result[n] = after * beyond * (before * x[1] * 0.5F - t * x[0] * (1.0F / 6.0F)) +
                before * t * (after * x[3] * (1.0F / 6.0F) - beyond * x[2] * 0.5F);
  }
}

}  // namespace sep
