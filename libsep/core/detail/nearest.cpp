#include "libsep/core/detail/nearest.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace sep::detail {
namespace {

// Longer names are no slip of the finger.
constexpr size_t kMaxGuessed = 64;

}  // namespace

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

bool is_near(std::string_view a, std::string_view b) {
  const auto& [shorter, longer] = std::minmax(
      a, b, [](std::string_view x, std::string_view y) { return x.size() < y.size(); });
  if (shorter.size() >= 3 && longer.find(shorter) != std::string_view::npos) return true;
  return edit_distance(a, b) <= 1 + shorter.size() / 4;
}

std::string nearest_name(std::string_view name, const std::vector<std::string>& names) {
  std::string best;
  size_t best_distance = 0;
  if (name.empty() || name.size() > kMaxGuessed) return best;
  for (const auto& known : names) {
    const size_t distance = edit_distance(name, known);
    if (!is_near(name, known) || (!best.empty() && distance >= best_distance)) continue;
    best = known;
    best_distance = distance;
  }
  return best;
}

}  // namespace sep::detail
