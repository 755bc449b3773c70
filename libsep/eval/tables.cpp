#include "libsep/eval/tables.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "libsep/eval/detail/row_groups.h"

namespace sep {
namespace {

using rows::describe_estimate;
using rows::estimate_key;
using rows::group;
using rows::markdown_cell;
using rows::run_key;
using Rows = std::vector<ScoreRow>;

Rows select(const Rows& rows, const std::function<bool(const ScoreRow&)>& wanted) {
  Rows selected;
  for (const auto& row : rows) {
    if (wanted(row)) selected.push_back(row);
  }
  return selected;
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

/// A row of summary.csv, but for the median.
std::vector<std::string> summary_cells(const ScoreRow& row,
                                       const std::string& score,
                                       const ScoreSummary& summary) {
  const auto length = [](int64_t x) {
    return x > 0 ? fmt::format("{}", x) : std::string();
  };
  return {fmt::format("{}", kScoresVersion),
          row.model,
          row.protocol,
          row.seed_text(),
          row.instrument,
          row.estimate,
          length(row.window_length),
          length(row.hop_length),
          score,
          format_number(summary.mean),
          format_number(summary.std),
          fmt::format("{}", summary.count),
          fmt::format("{}", summary.num_infinite),
          fmt::format("{}", summary.num_without)};
}

std::string metric_markdown(const Rows& rows, const NamedMetric& metric) {
  const auto& [title, scores, average, remark] = metric.description;
  const bool is_mean = average == PieceAverage::kMean;
  std::string text =
      fmt::format("### {}\n\n{} over pieces, in dB.{}{}\n\n| instrument | estimate |",
                  title,
                  is_mean ? "Mean ± standard deviation" : "Median",
                  remark.empty() ? "" : " ",
                  remark);
  std::string line = "|---|---|";
  for (const auto& score : scores) {
    text += fmt::format(" {} |", score.title);
    line += "---|";
  }
  text += " pieces |\n" + line + "---|\n";
  for (const auto& part : group(rows, estimate_key)) {
    text += fmt::format(
        "| {} | {} |", part.front().instrument, describe_estimate(part.front()));
    int64_t most = 0;
    for (const auto& score : scores) {
      const auto summary = summarize(part, metric.name, score.name);
      most = std::max(most, summary.count);
      text += fmt::format(" {} |", markdown_cell(summary, average));
    }
    text += fmt::format(" {} |\n", most);
  }
  return text + "\n";
}

}  // namespace

CsvTable summary_table(const Rows& rows, const FurtherMetrics& further) {
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
  const bool has_medians = !further.list.empty();
  if (has_medians) table.header.emplace_back("median_db");
  const auto add = [&](const Rows& part, const std::string& score, const auto& summary) {
    table.rows.push_back(summary_cells(part.front(), score, summary));
    if (has_medians) table.rows.back().push_back(format_number(summary.median));
  };
  for (const auto& run : group(rows, run_key)) {
    for (const auto& part : group(run, estimate_key)) {
      for (const auto& column : score_columns()) {
        add(part, column.title, summarize(part, column.value));
      }
      for (const auto& metric : further.list) {
        for (const auto& score : metric.description.scores) {
          add(part,
              metric.name + "." + score.name,
              summarize(part, metric.name, score.name));
        }
      }
    }
  }
  return table;
}

std::string summary_markdown(const Rows& rows,
                             const std::string& remark,
                             const FurtherMetrics& further) {
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
    for (const auto& metric : further.list) text += metric_markdown(run, metric);
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
