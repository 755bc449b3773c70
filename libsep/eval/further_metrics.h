#pragma once

#include <memory>
#include <string>
#include <vector>

#include "libsep/data/dataset.h"
#include "libsep/eval/score_row.h"
#include "libsep/metrics/metric.h"

namespace sep {

struct NamedMetric {
  std::string name;  ///< its kind
  std::shared_ptr<const Metric> metric;
  MetricDescription description;
};

/// What is scored besides `si`, which every row has.
struct FurtherMetrics {
  std::vector<NamedMetric> list;  ///< in the order of tables
  FrameScores frames = FrameScores::kNone;
};

/// The metrics of a text as `sep-eval --metrics` has it: names, or YAML where one has
/// options; without `si`, which needs no naming.
///
///     bss_v3,bss_v4
///     [bss_v3, …] as [{type: bss_v4, silence: museval}, {type: mine}]
///
/// Throws Error for a name of no metric, with what there is, for one given twice, and as
/// the kinds' options and makers do.
std::vector<NamedMetric> parse_metrics(const std::string& text);

/// Throws Error that names metric, piece and what is wrong where pieces of the dataset
/// cannot have one of them.
void check_metrics(const FurtherMetrics& further, const Dataset& dataset);

/// metrics.csv, tidy: a row an estimate, metric and score: model, protocol, seed, fold,
/// piece, instrument, estimate, metric, score, value_db (empty where there is none),
/// status.
CsvTable metrics_table(const std::vector<ScoreRow>& rows, const FurtherMetrics& further);

/// frames.csv, tidy: a row an estimate, metric, score and frame: as above up to score, then
/// frame (from 0), begin_seconds, end_seconds, value_db.
CsvTable frames_table(const std::vector<ScoreRow>& rows, const FurtherMetrics& further);

}  // namespace sep
