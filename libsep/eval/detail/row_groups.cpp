#include "libsep/eval/detail/row_groups.h"

#include <cmath>

namespace sep::rows {
namespace {

std::string two_decimals(double value) {
  const auto text = fmt::format("{:.2f}", value);
  return text == "-0.00" ? "0.00" : text;
}

}  // namespace

std::vector<Rows> group(const Rows& rows,
                        const std::function<std::string(const ScoreRow&)>& key) {
  std::vector<std::string> keys;
  std::vector<Rows> groups;
  for (const auto& row : rows) {
    const auto name = key(row);
    size_t i = 0;
    while (i < keys.size() && keys[i] != name) ++i;
    if (i == keys.size()) {
      keys.push_back(name);
      groups.emplace_back();
    }
    groups[i].push_back(row);
  }
  return groups;
}

std::string run_key(const ScoreRow& row) {
  return fmt::format("{}|{}|{}", row.model, row.protocol, row.seed_text());
}

std::string estimate_key(const ScoreRow& row) {
  return fmt::format(
      "{}|{}|{}|{}", row.instrument, row.estimate, row.window_length, row.hop_length);
}

std::string describe_estimate(const ScoreRow& row) {
  return row.window_length > 0 && row.estimate != "model"
             ? fmt::format("{} {}/{}", row.estimate, row.window_length, row.hop_length)
             : row.estimate;
}

std::string markdown_cell(const ScoreSummary& summary, PieceAverage average) {
  if (summary.count + summary.num_infinite == 0) return "–";
  const bool is_mean = average == PieceAverage::kMean;
  const double value = is_mean ? summary.mean : summary.median;
  std::string cell = std::isnan(value) ? "±inf" : two_decimals(value);
  if (summary.count > 1 && is_mean) cell += fmt::format(" ± {:.2f}", summary.std);
  if (summary.num_infinite > 0) cell += fmt::format(" ({} inf)", summary.num_infinite);
  return cell;
}

}  // namespace sep::rows
