#include "libsep/report/detail/html_text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "libsep/core/progress.h"
#include "libsep/report/text.h"

namespace sep::report {

std::string html_escape(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  result.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (size_t k = 0; k < 4; ++k) {
      result += k <= count ? kDigits[group >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return result;
}

std::string clock_time(double seconds) { return format_duration(std::floor(seconds)); }

std::string level_text(double amplitude) {
  return amplitude <= 0.0 ? "silent" : decimal_text(20.0 * std::log10(amplitude)) + " dB";
}

}  // namespace sep::report
