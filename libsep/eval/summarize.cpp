#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "libsep/eval/tables.h"

namespace sep {
namespace {

using Rows = std::vector<ScoreRow>;
using Values = std::vector<std::optional<double>>;  // none: without a score

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle]
                                : (values[middle - 1] + values[middle]) / 2.0;
}

ScoreSummary summarize_values(const Values& values) {
  ScoreSummary summary;
  std::vector<double> finite;
  double infinite = 0.0;  // their sum: nan where they differ
  for (const auto& value : values) {
    if (!value) {
      ++summary.num_without;
    } else if (std::isfinite(*value)) {
      finite.push_back(*value);
    } else {
      ++summary.num_infinite;
      infinite += *value;
    }
  }
  summary.count = static_cast<int64_t>(finite.size());
  const auto n = static_cast<double>(finite.size());
  summary.mean = summary.std = summary.median = std::numeric_limits<double>::quiet_NaN();
  if (finite.empty() && summary.num_infinite > 0) summary.mean = summary.median = infinite;
  if (finite.empty()) return summary;
  double sum = 0.0;
  for (const double value : finite) sum += value;
  summary.mean = sum / n;
  summary.median = median_of(finite);
  if (finite.size() < 2) return summary;
  double squares = 0.0;
  for (const double value : finite)
    squares += (value - summary.mean) * (value - summary.mean);
  summary.std = std::sqrt(squares / (n - 1.0));
  return summary;
}

}  // namespace

ScoreSummary summarize(const Rows& rows, double Scores::*score) {
  Values values;
  for (const auto& row : rows) {
    const bool is_scored = row.status == ScoreStatus::kOk;
    values.push_back(is_scored ? std::optional(row.scores.*score) : std::nullopt);
  }
  return summarize_values(values);
}

ScoreSummary summarize(const Rows& rows,
                       const std::string& metric,
                       const std::string& score) {
  Values values;
  for (const auto& row : rows) {
    values.emplace_back();
    const auto result = row.further.find(metric);
    if (result == row.further.end()) continue;
    const auto value = result->second.values.find(score);
    if (value != result->second.values.end()) values.back() = value->second;
  }
  return summarize_values(values);
}

}  // namespace sep
