#include "libsep/eval/tables.h"

#include <cmath>
#include <functional>
#include <limits>

namespace sep {
namespace {

using Rows = std::vector<ScoreRow>;

Rows select(const Rows& rows, const std::function<bool(const ScoreRow&)>& wanted) {
  Rows selected;
  for (const auto& row : rows) {
    if (wanted(row)) selected.push_back(row);
  }
  return selected;
}

/// Groups of rows with an equal key, in the order in which the keys first appear.
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

std::vector<std::string> thesis_cells(const Rows& rows) {
  std::vector<std::string> cells;
  for (const auto score :
       {&Scores::si_sar, &Scores::si_sdr, &Scores::si_sir, &Scores::snr}) {
    const auto summary = summarize(rows, score);
    cells.push_back(
        fmt::format("{} ± {}", thesis_number(summary.mean), thesis_number(summary.std)));
  }
  return cells;
}

CsvTable thesis_table(const std::string& first_column) {
  return {{"",
           first_column,
           "Avg+-Std SI-SAR",
           "Avg+-Std SI-SDR",
           "Avg+-Std SI-SIR",
           "Avg+-Std SNR"},
          {}};
}

void add_thesis_row(CsvTable& table, const std::string& name, const Rows& rows) {
  std::vector<std::string> cells = {"0", name};
  for (auto& cell : thesis_cells(rows)) cells.push_back(std::move(cell));
  table.rows.push_back(std::move(cells));
}

bool is_models(const ScoreRow& row, const std::string& instrument) {
  return row.estimate == "model" && row.instrument == instrument;
}

std::string describe_estimate(const ScoreRow& row) {
  return row.window_length > 0 && row.estimate != "model"
             ? fmt::format("{} {}/{}", row.estimate, row.window_length, row.hop_length)
             : row.estimate;
}

std::string two_decimals(double value) {
  const auto text = fmt::format("{:.2f}", value);
  return text == "-0.00" ? "0.00" : text;
}

std::string markdown_cell(const ScoreSummary& summary) {
  if (summary.count + summary.num_infinite == 0) return "–";
  std::string cell = std::isnan(summary.mean) ? "±inf" : two_decimals(summary.mean);
  if (summary.count > 1) cell += fmt::format(" ± {:.2f}", summary.std);
  if (summary.num_infinite > 0) cell += fmt::format(" ({} inf)", summary.num_infinite);
  return cell;
}

std::string markdown_row(const Rows& rows) {
  std::string line =
      fmt::format("| {} | {} |", rows.front().instrument, describe_estimate(rows.front()));
  for (const auto score : {&Scores::si_sdr,
                           &Scores::si_sir,
                           &Scores::si_sar,
                           &Scores::snr,
                           &Scores::si_sdri}) {
    line += fmt::format(" {} |", markdown_cell(summarize(rows, score)));
  }
  return line + fmt::format(" {} |\n", summarize(rows, &Scores::si_sdr).count);
}

}  // namespace

ScoreSummary summarize(const Rows& rows, double Scores::*score) {
  ScoreSummary summary;
  std::vector<double> finite;
  double infinite = 0.0;  // their sum: nan where they differ
  for (const auto& row : rows) {
    if (row.status != ScoreStatus::kOk) {
      ++summary.num_without;
    } else if (std::isfinite(row.scores.*score)) {
      finite.push_back(row.scores.*score);
    } else {
      ++summary.num_infinite;
      infinite += row.scores.*score;
    }
  }
  summary.count = static_cast<int64_t>(finite.size());
  const auto n = static_cast<double>(finite.size());
  summary.mean = summary.std = std::numeric_limits<double>::quiet_NaN();
  if (finite.empty() && summary.num_infinite > 0) summary.mean = infinite;
  if (finite.empty()) return summary;
  double sum = 0.0;
  for (const double value : finite) sum += value;
  summary.mean = sum / n;
  if (finite.size() < 2) return summary;
  double squares = 0.0;
  for (const double value : finite)
    squares += (value - summary.mean) * (value - summary.mean);
  summary.std = std::sqrt(squares / (n - 1.0));
  return summary;
}

CsvTable summary_table(const Rows& rows) {
  CsvTable table;
  table.header = {"scores_version",
                  "model",
                  "protocol",
                  "seed",
                  "instrument",
                  "estimate",
                  "window_length",
                  "hop_length",
                  "score",
                  "mean_db",
                  "std_db",
                  "count",
                  "num_infinite",
                  "num_without_score"};
  for (const auto& run : group(rows, run_key)) {
    for (const auto& part : group(run, estimate_key)) {
      const auto& row = part.front();
      const auto length = [](int64_t x) {
        return x > 0 ? fmt::format("{}", x) : std::string();
      };
      for (const auto& column : score_columns()) {
        const auto summary = summarize(part, column.value);
        table.rows.push_back({fmt::format("{}", kScoresVersion),
                              row.model,
                              row.protocol,
                              row.seed_text(),
                              row.instrument,
                              row.estimate,
                              length(row.window_length),
                              length(row.hop_length),
                              column.title,
                              format_number(summary.mean),
                              format_number(summary.std),
                              fmt::format("{}", summary.count),
                              fmt::format("{}", summary.num_infinite),
                              fmt::format("{}", summary.num_without)});
      }
    }
  }
  return table;
}

std::string summary_markdown(const Rows& rows, const std::string& remark) {
  std::string text;
  for (const auto& run : group(rows, run_key)) {
    const auto& label = run.front();
    text += fmt::format(
        "## {}{}\n\n",
        label.model,
        label.protocol.empty()
            ? std::string()
            : fmt::format(", protocol {}, seed {}", label.protocol, label.seed_text()));
    text += "Mean ± standard deviation over pieces, in dB. `mixture` is doing nothing.\n\n";
    if (!remark.empty()) text += remark + "\n\n";
    text +=
        "| instrument | estimate | SI-SDR | SI-SIR | SI-SAR | SNR | SI-SDRi | pieces |\n";
    text += "|---|---|---|---|---|---|---|---|\n";
    for (const auto& part : group(run, estimate_key)) text += markdown_row(part);
    text += "\n";
  }
  return text;
}

std::string ThesisLabel::stem() const {
  if (!network.empty()) {
    return fmt::format(
        "SepModel_{}_EpcLen={}_MaxEpc={}", network, iterations_per_epoch, num_epochs);
  }
  return fmt::format(
      "SepModel_MaxMix={}_HSize={}_NLayers={}_Dropout={}_EpcLen={}_MaxEpc={}",
      num_mixtures,
      hidden_size,
      num_layers,
      dropout,
      iterations_per_epoch,
      num_epochs);
}

CsvTable thesis_model_table(const Rows& rows, const std::vector<std::string>& instruments) {
  auto table = thesis_table("Target_instrument");
  for (const auto& instrument : instruments) {
    const auto wanted = [&](const ScoreRow& row) { return is_models(row, instrument); };
    const auto selected = select(rows, wanted);
    if (!selected.empty()) add_thesis_row(table, instrument, selected);
  }
  return table;
}

CsvTable thesis_instrument_table(const std::vector<Rows>& runs,
                                 const std::vector<std::string>& titles,
                                 const std::string& instrument) {
  auto table = thesis_table("Models");
  for (size_t i = 0; i < runs.size(); ++i) {
    const auto wanted = [&](const ScoreRow& row) { return is_models(row, instrument); };
    const auto selected = select(runs[i], wanted);
    if (!selected.empty()) add_thesis_row(table, titles[i], selected);
  }
  return table;
}

std::string thesis_number(double value) {
  if (!std::isfinite(value)) return format_number(value);
  // Python's round(): to the nearest decimal of the exact binary value, ties to even.
  std::string text = fmt::format("{:.4f}", value);
  while (text.back() == '0' && text[text.size() - 2] != '.') text.pop_back();
  return text;
}

}  // namespace sep
