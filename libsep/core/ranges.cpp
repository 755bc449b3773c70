#include "libsep/core/ranges.h"

#include <algorithm>
#include <set>

#include "libsep/core/number.h"

namespace sep {

std::optional<std::vector<int64_t>> parse_ranges(const std::string& text,
                                                 int64_t lowest,
                                                 int64_t highest,
                                                 size_t most) {
  std::set<int64_t> numbers;
  size_t begin = 0;
  while (begin <= text.size()) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto part = text.substr(begin, end - begin);
    const auto dash = part.find('-');
    const auto low = parse_int(part.substr(0, dash));
    const auto high = dash == std::string::npos ? low : parse_int(part.substr(dash + 1));
    if (!low || !high || *low < lowest || *low > *high || *high > highest) return {};
    if (*high - *low >= static_cast<int64_t>(most)) return {};
    for (int64_t number = *low; number <= *high; ++number) numbers.insert(number);
    if (numbers.size() > most) return {};
    begin = end + 1;
  }
  return std::vector<int64_t>(numbers.begin(), numbers.end());
}

}  // namespace sep
