#include "libsep/core/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "libsep/core/detail/nearest.h"

namespace sep {
namespace {

struct Unseen {
  uint32_t first;
  uint32_t last;
  const char* name;
};

constexpr Unseen kUnseen[] = {{0x0085, 0x0085, "a next-line character"},
                              {0x00A0, 0x00A0, "a no-break space"},
                              {0x00AD, 0x00AD, "a soft hyphen"},
                              {0x061C, 0x061C, "a mark of direction"},
                              {0x1680, 0x1680, "a space mark"},
                              {0x180E, 0x180E, "a separator of no width"},
                              {0x2000, 0x200A, "a space of a width of its own"},
                              {0x200B, 0x200B, "a space of no width"},
                              {0x200C, 0x200D, "a joiner of no width"},
                              {0x200E, 0x200F, "a mark of direction"},
                              {0x2028, 0x2029, "a separator of lines"},
                              {0x202A, 0x202E, "a mark of direction"},
                              {0x202F, 0x202F, "a narrow no-break space"},
                              {0x205F, 0x205F, "a space of a width of its own"},
                              {0x2060, 0x2064, "a joiner of no width"},
                              {0x2066, 0x206F, "a mark of direction"},
                              {0x2800, 0x2800, "a blank of braille"},
                              {0x3000, 0x3000, "an ideographic space"},
                              {0x3164, 0x3164, "a filler"},
                              {0xFEFF, 0xFEFF, "a byte order mark"}};

// The character at the beginning of UTF-8, of two or three bytes; 0 for another, and for
// what is none.
uint32_t first_character(std::string_view text) {
  const auto continued = [&](size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80;
  };
  const auto bits = [&](size_t i, uint32_t mask) {
    return static_cast<unsigned char>(text[i]) & mask;
  };
  if (!continued(1)) return 0;
  if (bits(0, 0xE0) == 0xC0) return bits(0, 0x1F) << 6 | bits(1, 0x3F);
  if (bits(0, 0xF0) != 0xE0 || !continued(2)) return 0;
  return bits(0, 0x0F) << 12 | bits(1, 0x3F) << 6 | bits(2, 0x3F);
}

}  // namespace

bool is_utf8(std::string_view text) {
  try {
    nlohmann::json(std::string(text)).dump();
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
  return true;
}

bool is_line(std::string_view text) {
  const bool has_control = std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
  return !has_control && is_utf8(text);
}

std::string unseen_character(std::string_view text) {
  for (; !text.empty(); text.remove_prefix(1)) {
    if (text.front() == '\t') return "a tab";
    const uint32_t character = first_character(text);
    for (const auto& [first, last, name] : kUnseen) {
      if (character < first || character > last) continue;
      return fmt::format("{} (U+{:04X})", name, character);
    }
  }
  return "";
}

std::string unseen_remark(std::string_view text) {
  const auto found = unseen_character(text);
  return found.empty() ? "" : "; it holds " + found;
}

std::vector<std::string> nearest_first(std::string_view name,
                                       std::vector<std::string> names) {
  std::stable_sort(names.begin(), names.end(), [&](const auto& a, const auto& b) {
    return detail::edit_distance(name, a) < detail::edit_distance(name, b);
  });
  return names;
}

}  // namespace sep
