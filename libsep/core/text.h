#pragma once

#include <string>
#include <string_view>
#include <vector>

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

/// The names, those first that fewest letters to insert, delete or replace tell from
/// `name`, for messages to somebody who mistyped one; in their order among equals.
std::vector<std::string> nearest_first(std::string_view name,
                                       std::vector<std::string> names);

}  // namespace sep
