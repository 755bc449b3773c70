#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libsep/eval/further_metrics.h"
#include "libsep/eval/score_row.h"

/// For the inside of tables.
namespace sep::rows {

/// A score by its name in tables; none where a row has no finite one.
struct NamedScore {
  std::string name;
  std::function<std::optional<double>(const ScoreRow&)> of;
};

/// All scores but improvements over the mixture, in the order of tables.
std::vector<NamedScore> scores_of(const FurtherMetrics& further);

double mean(const std::vector<double>& values);       ///< of one value or more
double deviation(const std::vector<double>& values);  ///< divisor n - 1; NaN below two

/// The rows `model`.
std::vector<ScoreRow> models_rows(const std::vector<ScoreRow>& rows);

/// Rows of a model and protocol, all seeds together, by their first rows.
std::vector<std::vector<ScoreRow>> by_model(const std::vector<ScoreRow>& rows);

}  // namespace sep::rows
