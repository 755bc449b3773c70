#pragma once

#include <string_view>

namespace sep {

bool is_utf8(std::string_view text);

/// Whether `text` is UTF-8 without control characters, so one line.
bool is_line(std::string_view text);

}  // namespace sep
