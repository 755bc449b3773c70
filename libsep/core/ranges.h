#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sep {

/// Numbers and ranges as "1,3-5", each of `lowest` (0 or above) to `highest`, at most
/// `most` of them: sorted, each once. Nothing where the text is anything else.
std::optional<std::vector<int64_t>> parse_ranges(const std::string& text,
                                                 int64_t lowest,
                                                 int64_t highest,
                                                 size_t most);

}  // namespace sep
