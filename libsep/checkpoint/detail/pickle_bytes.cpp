#include "libsep/checkpoint/detail/pickle_bytes.h"

#include <cstring>

#include "libsep/core/error.h"

namespace sep {

void PickleBytes::check(bool condition, const char* problem) const {
  SEP_CHECK(condition, "{}: the pickle {} (byte {})", name_, problem, place_);
}

std::string_view PickleBytes::take(size_t count) {
  check(count <= bytes_.size() - place_, "ends too early");
  const auto taken = bytes_.substr(place_, count);
  place_ += count;
  return taken;
}

uint64_t PickleBytes::take_unsigned(size_t count) {
  uint64_t value = 0;
  const auto taken = take(count);
  for (size_t i = 0; i < count; ++i) {
    value |= uint64_t{static_cast<unsigned char>(taken[i])} << (8 * i);
  }
  return value;
}

int64_t PickleBytes::take_signed(size_t count) {
  if (count == 0) return 0;
  const auto value = take_unsigned(count);
  const auto shift = 64 - 8 * count;
  return static_cast<int64_t>(value << shift) >> shift;
}

double PickleBytes::take_real() {
  uint64_t bits = 0;
  for (const char c : take(8)) bits = bits << 8 | static_cast<unsigned char>(c);
  double value = 0.0;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

std::string PickleBytes::take_line() {
  const size_t end = bytes_.find('\n', place_);
  check(end != std::string_view::npos, "has a name without an end");
  std::string line(take(end - place_));
  take(1);
  return line;
}

}  // namespace sep
