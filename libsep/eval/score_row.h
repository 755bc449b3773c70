#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libsep/core/config.h"
#include "libsep/core/csv.h"
#include "libsep/core/signal.h"
#include "libsep/metrics/bss_scale.h"
#include "libsep/metrics/metric.h"

namespace sep {

/// One estimate and its scores: a row of scores.csv.
struct ScoreRow {
  std::string model;            ///< title of the experiment, "Model E"
  std::string protocol;         ///< "clean", "legacy"; empty where unknown
  std::optional<int64_t> seed;  ///< none where unknown
  int64_t fold = 0;             ///< from 1; 0 (empty in the table) where unknown
  std::string piece;
  std::string instrument;
  std::string estimate;  ///< "model", "mixture" (doing nothing), "ibm", "irm", "iam", "psm"
  int64_t window_length = 0;  ///< samples; 0 (empty in the table) where no STFT was used
  int64_t hop_length = 0;
  ScoreStatus status = ScoreStatus::kOk;
  Scores scores;  ///< meaningful only where status is kOk

  /// By name of a metric (metrics/metric.h): what it gives the estimate; empty unless asked
  /// for.
  std::map<std::string, MetricResult> further = {};

  std::string seed_text() const;  ///< empty where unknown
};

/// Scores an estimate and fills status and scores of `row`: a silent reference or
/// estimate becomes a status, never a number; nothing is thrown for what the audio holds.
ScoreRow score_row(ScoreRow row,
                   const Signal& reference,
                   const Signal& rest,
                   const Signal& estimate);

/// The tidy table, one row an estimate; scores are empty unless status is ok.
CsvTable scores_table(const std::vector<ScoreRow>& rows);

/// A score that tables give, by the name of its column and by its name in the thesis.
struct ScoreColumn {
  const char* column;  ///< "si_sdr_db"
  const char* title;   ///< "SI-SDR"
  double Scores::*value;
};
const std::vector<ScoreColumn>& score_columns();

}  // namespace sep
