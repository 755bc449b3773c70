#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sep {

/// Numbers in files, whatever locale the program around libsep is under: C's strtod() and
/// a C++ stream stop at the point of 0.5 where a decimal comma is the custom. (What fmt
/// writes without "L" does not depend on a locale either.)
///
/// All of `text` is the number: digits with a point and an exponent, `inf`, `nan`, a minus
/// sign; no blanks, no plus sign, no hexadecimal digits. Nothing for anything else, and
/// for what the type cannot hold. What fmt's "{}" wrote is read to the same bits.
std::optional<double> parse_double(std::string_view text);
std::optional<int64_t> parse_int(std::string_view text);

}  // namespace sep
