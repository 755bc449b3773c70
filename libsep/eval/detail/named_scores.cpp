#include "libsep/eval/detail/named_scores.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

#include "libsep/eval/detail/row_groups.h"

namespace sep::rows {
namespace {

std::optional<double> if_finite(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

bool is_improvement(const ScoreColumn& column) {
  const std::string name = column.column;
  const std::string end = "i_db";
  return name.size() > end.size() &&
         name.compare(name.size() - end.size(), end.size(), end) == 0;
}

std::string model_key(const ScoreRow& row) { return row.model + "|" + row.protocol; }

}  // namespace

std::vector<NamedScore> scores_of(const FurtherMetrics& further) {
  std::vector<NamedScore> scores;
  for (const auto& column : score_columns()) {
    if (is_improvement(column)) continue;
    scores.push_back({column.title, [value = column.value](const ScoreRow& row) {
                        return row.status == ScoreStatus::kOk ? if_finite(row.scores.*value)
                                                              : std::nullopt;
                      }});
  }
  for (const auto& metric : further.list) {
    for (const auto& score : metric.description.scores) {
      const auto of = [metric = metric.name,
                       name = score.name](const ScoreRow& row) -> std::optional<double> {
        const auto result = row.further.find(metric);
        if (result == row.further.end()) return std::nullopt;
        const auto value = result->second.values.find(name);
        if (value == result->second.values.end()) return std::nullopt;
        return if_finite(value->second);
      };
      scores.push_back({metric.name + "." + score.name, of});
    }
  }
  return scores;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) /
         static_cast<double>(values.size());
}

double deviation(const std::vector<double>& values) {
  if (values.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  const double middle = mean(values);
  double squares = 0.0;
  for (const double value : values) squares += (value - middle) * (value - middle);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

std::vector<Rows> by_model(const Rows& rows) { return group(rows, model_key); }

Rows models_rows(const Rows& rows) {
  Rows of_models;
  std::copy_if(
      rows.begin(), rows.end(), std::back_inserter(of_models), [](const ScoreRow& row) {
        return row.estimate == "model";
      });
  return of_models;
}

}  // namespace sep::rows
