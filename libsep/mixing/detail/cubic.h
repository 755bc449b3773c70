#pragma once

#include <cstdint>

namespace sep {

/// Samples that are needed around `num_samples` at `speed`: one before the first place, two
/// behind the last.
int64_t cubic_span(int64_t num_samples, double speed);

/// The cubic through the four samples around each place (Lagrange's polynomial of third
/// order): result[n] is source at 1 + speed n, n = 0 … num_samples-1, where `source` has
/// cubic_span() samples. At speed 1 the samples themselves, to the bit.
void interpolate_cubic(const float* source,
                       double speed,
                       float* result,
                       int64_t num_samples);

}  // namespace sep
