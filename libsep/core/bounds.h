#pragma once

#include <cstdint>

#include "libsep/core/config.h"

/// For validate() of options: each throws ConfigError that names key, value and bounds,
/// " = 0: wants 1 to 8192". No number (NaN) is never within.
namespace sep {

void check_bounds(const char* key, int64_t value, int64_t low, int64_t high);
void check_bounds(const char* key, double value, double low, double high);

/// Both ends of a range.
void check_bounds(const char* key, const Range& range, double low, double high);

/// low <= value < limit.
void check_below(const char* key, double value, double low, double limit);

/// 0 < value <= high.
void check_positive(const char* key, double value, double high);

}  // namespace sep
