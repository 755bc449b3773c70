#include "libsep/core/error.h"

#include <fmt/ranges.h>

namespace sep {
namespace {

constexpr size_t kMaxShown = 60;
constexpr size_t kMaxCharacter = 4;  // bytes, in UTF-8

void add_shown(std::string& line, char c) {
  const auto byte = static_cast<unsigned char>(c);
  line += byte < 0x20 || byte == 0x7F ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
}

}  // namespace

ErrorList::ErrorList(std::vector<std::string> faults)
    : Error(fmt::format("{}", fmt::join(faults, "\n"))), faults_(std::move(faults)) {}

std::string first_line(const std::exception& error) {
  const std::string_view message = error.what();
  return std::string(message.substr(0, message.find('\n')));
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) add_shown(line, c);
  return line;
}

std::string shown_text(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool starts_character = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    const size_t limit = kMaxShown + (starts_character ? 0 : kMaxCharacter);
    if (line.size() >= limit) return line + "…";
    add_shown(line, c);
  }
  return line;
}

}  // namespace sep
