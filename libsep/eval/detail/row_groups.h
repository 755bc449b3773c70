#pragma once

#include <functional>
#include <string>
#include <vector>

#include "libsep/eval/tables.h"

/// For the inside of tables.
namespace sep::rows {

using Rows = std::vector<ScoreRow>;

/// Groups of rows with an equal key, in the order in which the keys first appear.
std::vector<Rows> group(const Rows& rows,
                        const std::function<std::string(const ScoreRow&)>& key);

/// What rows of one run, and of one instrument's estimate, have in common.
std::string run_key(const ScoreRow& row);
std::string estimate_key(const ScoreRow& row);

/// "ibm 512/128".
std::string describe_estimate(const ScoreRow& row);

/// "1.00 ± 0.50 (2 inf)" of the mean, or "1.00 (2 inf)" of the median.
std::string markdown_cell(const ScoreSummary& summary,
                          PieceAverage average = PieceAverage::kMean);

}  // namespace sep::rows
