#include "libsep/core/text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

namespace sep {

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

}  // namespace sep
