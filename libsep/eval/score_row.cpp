#include "libsep/eval/score_row.h"

namespace sep {
namespace {

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
  row.status = same_shape(reference, rest) && is_finite(rest)
                   ? score_status(reference, estimate)
                   : ScoreStatus::kFailed;
  if (row.status == ScoreStatus::kOk) {
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
