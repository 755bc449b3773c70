#include "libsep/report/text.h"

#include <fmt/format.h>

namespace sep::report {

std::string decimal_text(double value, int places) {
  auto text = fmt::format("{:.{}f}", value, places);
  const bool is_zero = text.find_first_not_of("-0.") == std::string::npos;
  if (text.front() != '-') return text;
  return is_zero ? text.substr(1) : "−" + text.substr(1);
}

std::string url_of(const std::filesystem::path& relative_path) {
  std::string url;
  for (const char c : relative_path.generic_string()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') ||
                       std::string("-._~/").find(c) != std::string::npos;
    url +=
        plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return url;
}

}  // namespace sep::report
