#include "libsep/core/bounds.h"

#include "libsep/core/error.h"

namespace sep {

void check_bounds(const char* key, int64_t value, int64_t low, int64_t high) {
  if (value >= low && value <= high) return;
  throw ConfigError(key, fmt::format(" = {}: wants {} to {}", value, low, high));
}

void check_bounds(const char* key, double value, double low, double high) {
  if (value >= low && value <= high) return;
  throw ConfigError(key, fmt::format(" = {}: wants {} to {}", value, low, high));
}

void check_bounds(const char* key, const Range& range, double low, double high) {
  if (range.low >= low && range.high <= high && range.low <= range.high) return;
  throw ConfigError(
      key,
      fmt::format(" = [{}, {}]: wants two numbers from {} to {}, the lower first",
                  range.low,
                  range.high,
                  low,
                  high));
}

void check_below(const char* key, double value, double low, double limit) {
  if (value >= low && value < limit) return;
  throw ConfigError(key, fmt::format(" = {}: wants {} to below {}", value, low, limit));
}

void check_positive(const char* key, double value, double high) {
  if (value > 0.0 && value <= high) return;
  throw ConfigError(key, fmt::format(" = {}: wants above 0, at most {}", value, high));
}

}  // namespace sep
