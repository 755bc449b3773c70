#include "libsep/eval/further_metrics.h"

#include <algorithm>

#include "libsep/core/config.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

struct MetricList {
  std::vector<MetricKind> metrics;

  template <class Archive>
  void visit(Archive& archive) {
    archive("metrics", metrics);
  }
};

std::vector<MetricKind> kinds_of(const std::string& text) {
  if (text.find_first_of("[{") != std::string::npos) {
    return parse_config<MetricList>("metrics: " + text, "--metrics").metrics;
  }
  std::vector<MetricKind> kinds;
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const auto name = text.substr(begin, end - begin);
    SEP_CHECK(metrics().contains(name),
              "--metrics {}: {}",
              shown_text(name),
              metrics().unknown(name));
    kinds.emplace_back(name);
    begin = end + 1;
  }
  return kinds;
}

std::vector<std::string> label_cells(const ScoreRow& row,
                                     const std::string& metric,
                                     const std::string& score) {
  return {row.model,
          row.protocol,
          row.seed_text(),
          row.fold > 0 ? fmt::format("{}", row.fold) : std::string(),
          row.piece,
          row.instrument,
          row.estimate,
          metric,
          score};
}

std::vector<std::string> header_with(const std::vector<std::string>& last) {
  std::vector<std::string> header = {"model",
                                     "protocol",
                                     "seed",
                                     "fold",
                                     "piece",
                                     "instrument",
                                     "estimate",
                                     "metric",
                                     "score"};
  header.insert(header.end(), last.begin(), last.end());
  return header;
}

std::string value_cell(const std::map<std::string, double>& values,
                       const std::string& score) {
  const auto value = values.find(score);
  return value == values.end() ? std::string() : format_number(value->second);
}

/// Calls add(row, metric, result, score) for every score of every metric that a row has.
template <class Add>
void for_each_score(const std::vector<ScoreRow>& rows,
                    const FurtherMetrics& further,
                    const Add& add) {
  for (const auto& row : rows) {
    for (const auto& metric : further.list) {
      const auto result = row.further.find(metric.name);
      if (result == row.further.end()) continue;
      for (const auto& score : metric.description.scores) {
        add(row, metric.name, result->second, score.name);
      }
    }
  }
}

}  // namespace

std::vector<NamedMetric> parse_metrics(const std::string& text) {
  std::vector<NamedMetric> list;
  std::vector<std::string> seen;
  for (const auto& kind : kinds_of(text)) {
    const auto& name = kind.type();
    SEP_CHECK(std::find(seen.begin(), seen.end(), name) == seen.end(),
              "--metrics: {} is given twice",
              name);
    seen.push_back(name);
    if (name == "si") continue;
    const auto metric = kind.make();
    list.push_back({name, metric, metric->describe()});
  }
  return list;
}

void check_metrics(const FurtherMetrics& further, const Dataset& dataset) {
  for (const auto& metric : further.list) {
    for (const auto& piece : dataset.pieces) {
      try {
        metric.metric->check({piece.num_channels, piece.sample_rate});
      } catch (const Error& error) {
        throw Error(
            fmt::format("--metrics {}: {}: {}", metric.name, piece.name, error.what()));
      }
    }
  }
}

CsvTable metrics_table(const std::vector<ScoreRow>& rows, const FurtherMetrics& further) {
  CsvTable table{header_with({"value_db", "status"}), {}};
  for_each_score(rows,
                 further,
                 [&](const ScoreRow& row,
                     const std::string& metric,
                     const MetricResult& result,
                     const std::string& score) {
                   auto cells = label_cells(row, metric, score);
                   cells.push_back(value_cell(result.values, score));
                   cells.push_back(enum_name(result.status));
                   table.rows.push_back(std::move(cells));
                 });
  return table;
}

CsvTable frames_table(const std::vector<ScoreRow>& rows, const FurtherMetrics& further) {
  CsvTable table{header_with({"frame", "begin_seconds", "end_seconds", "value_db"}), {}};
  for_each_score(rows,
                 further,
                 [&](const ScoreRow& row,
                     const std::string& metric,
                     const MetricResult& result,
                     const std::string& score) {
                   for (size_t t = 0; t < result.frames.size(); ++t) {
                     const auto& frame = result.frames[t];
                     auto cells = label_cells(row, metric, score);
                     cells.push_back(fmt::format("{}", t));
                     cells.push_back(format_number(frame.begin_seconds));
                     cells.push_back(format_number(frame.end_seconds));
                     cells.push_back(value_cell(frame.values, score));
                     table.rows.push_back(std::move(cells));
                   }
                 });
  return table;
}

}  // namespace sep
