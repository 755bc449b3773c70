#include "libsep/eval/score_row.h"

#include <algorithm>
#include <cmath>

namespace sep {
namespace {

bool is_finite(const Signal& signal) {
  return std::all_of(signal.samples.begin(), signal.samples.end(), [](float x) {
    return std::isfinite(x);
  });
}

bool same_shape(const Signal& a, const Signal& b) {
  return a.num_channels == b.num_channels && a.samples.size() == b.samples.size() &&
         a.sample_rate == b.sample_rate;
}

std::string cell_unless_zero(int64_t number) {
  return number > 0 ? fmt::format("{}", number) : std::string();
}

}  // namespace

const std::vector<ScoreColumn>& score_columns() {
  static const std::vector<ScoreColumn> columns = {
      {"si_sdr_db", "SI-SDR", &Scores::si_sdr},
      {"si_sir_db", "SI-SIR", &Scores::si_sir},
      {"si_sar_db", "SI-SAR", &Scores::si_sar},
      {"sd_sdr_db", "SD-SDR", &Scores::sd_sdr},
      {"snr_db", "SNR", &Scores::snr},
      {"srr_db", "SRR", &Scores::srr},
      {"si_sdri_db", "SI-SDRi", &Scores::si_sdri},
      {"sd_sdri_db", "SD-SDRi", &Scores::sd_sdri},
      {"snri_db", "SNRi", &Scores::snri},
  };
  return columns;
}

std::string ScoreRow::seed_text() const {
  return seed ? fmt::format("{}", *seed) : std::string();
}

ScoreRow score_row(ScoreRow row,
                   const Signal& reference,
                   const Signal& rest,
                   const Signal& estimate) {
  if (!same_shape(reference, rest) || !same_shape(reference, estimate) ||
      !is_finite(reference) || !is_finite(rest) || !is_finite(estimate)) {
    row.status = ScoreStatus::kFailed;
  } else if (is_silent(reference)) {
    row.status = ScoreStatus::kSilentReference;
  } else if (is_silent(estimate)) {
    row.status = ScoreStatus::kSilentEstimate;
  } else {
    row.status = ScoreStatus::kOk;
    row.scores = score_estimate(reference, rest, estimate);
  }
  return row;
}

CsvTable scores_table(const std::vector<ScoreRow>& rows) {
  CsvTable table;
  table.header = {"scores_version",
                  "model",
                  "protocol",
                  "seed",
                  "fold",
                  "piece",
                  "instrument",
                  "estimate",
                  "window_length",
                  "hop_length"};
  for (const auto& column : score_columns()) table.header.emplace_back(column.column);
  table.header.emplace_back("status");
  for (const auto& row : rows) {
    std::vector<std::string> cells = {fmt::format("{}", kScoresVersion),
                                      row.model,
                                      row.protocol,
                                      row.seed_text(),
                                      cell_unless_zero(row.fold),
                                      row.piece,
                                      row.instrument,
                                      row.estimate,
                                      cell_unless_zero(row.window_length),
                                      cell_unless_zero(row.hop_length)};
    for (const auto& column : score_columns()) {
      cells.push_back(row.status == ScoreStatus::kOk
                          ? format_number(row.scores.*column.value)
                          : std::string());
    }
    cells.push_back(enum_name(row.status));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

}  // namespace sep
