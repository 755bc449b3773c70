#include "libsep/core/number.h"

#include <charconv>

namespace sep {
namespace {

template <class T>
std::optional<T> parse(std::string_view text) {
  T value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, code] = std::from_chars(text.data(), end, value);
  if (code != std::errc() || stopped != end) return std::nullopt;
  return value;
}

}  // namespace

std::optional<double> parse_double(std::string_view text) { return parse<double>(text); }
std::optional<int64_t> parse_int(std::string_view text) { return parse<int64_t>(text); }

}  // namespace sep
