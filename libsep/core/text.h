#pragma once

#include <string>
#include <string_view>

namespace sep {

bool is_utf8(std::string_view text);

/// Whether `text` is UTF-8 without control characters, so one line.
bool is_line(std::string_view text);

/// The first character of `text` that a reader sees as a plain space or not at all: "a
/// tab", "a no-break space (U+00A0)"; empty where there is none. Pages and word processors
/// leave them in what is copied from there.
std::string unseen_character(std::string_view text);

/// The same as the end of a message, "; it holds a no-break space (U+00A0)", or empty.
std::string unseen_remark(std::string_view text);

}  // namespace sep
