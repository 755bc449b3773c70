#include "libsep/separation/separation_report.h"

#include <fmt/ranges.h>

#include <cmath>
#include <map>
#include <vector>

#include "libsep/audio/opus.h"
#include "libsep/core/atomic_file.h"
#include "libsep/core/csv.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/number.h"
#include "libsep/core/progress.h"
#include "libsep/report/html_text.h"
#include "libsep/report/report.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

double seconds_of(const AudioInfo& info) {
  return static_cast<double>(info.num_samples) / static_cast<double>(info.sample_rate);
}

std::string model_text(const ModelDescription& model) {
  std::string text = model.title.empty() ? "unnamed" : model.title;
  if (!model.protocol.empty()) text += ", " + model.protocol;
  if (model.fold > 0) text += fmt::format(", fold {}", model.fold);
  return text;
}

double to_double(const std::string& text) {
  const auto value = parse_double(text);
  SEP_CHECK(value, "wants a number, found '{}'", shown_text(text));
  return *value;
}

std::string mean_text(const CsvTable& summary, const std::vector<std::string>& row) {
  const auto mean = to_double(row[summary.column("mean_db")]);
  const auto deviation = to_double(row[summary.column("std_db")]);
  if (!std::isfinite(mean)) return "–";
  const auto text = decimal_text(mean, 2);
  return std::isfinite(deviation) ? fmt::format("{} ± {:.2f}", text, deviation) : text;
}

/// The mean of a score in a run's summary.csv; empty where it is not there.
std::string find_score(const CsvTable& summary,
                       const ModelDescription& model,
                       const std::string& estimate,
                       const std::string& score) {
  for (const auto& row : summary.rows) {
    const auto is = [&](const char* column, const std::string& value) {
      return row[summary.column(column)] == value;
    };
    if (is("model", model.title) && is("protocol", model.protocol) &&
        is("instrument", model.instrument) && is("estimate", estimate) &&
        is("score", score)) {
      return mean_text(summary, row);
    }
  }
  return "";
}

/// A row of score_table().
std::vector<std::string> score_cells(const CsvTable& summary,
                                     const ModelDescription& model) {
  std::vector<std::string> row = {model.instrument};
  for (const char* score : {"SI-SDR", "SI-SIR", "SI-SAR", "SNR"}) {
    row.push_back(find_score(summary, model, "model", score));
  }
  row.push_back(find_score(summary, model, "mixture", "SI-SDR"));
  return row;
}

/// What a run's evaluation says of the models; no rows where there is none.
ReportTable score_table(const Separator& separator, const fs::path& run) {
  ReportTable table{"Scores on the run's test pieces, dB",
                    {"", "SI-SDR", "SI-SIR", "SI-SAR", "SNR", "mixture's SI-SDR"},
                    {},
                    1};
  const auto path = run / "eval" / "summary.csv";
  if (run.empty() || !is_there(path)) return table;
  const auto summary = read_csv(path);
  try {
    for (const auto& model : separator.models()) {
      auto row = score_cells(summary, model.description);
      if (!row[1].empty()) table.rows.push_back(std::move(row));
    }
  } catch (const Error& error) {  // a column or a number
    throw Error(fmt::format("{}: {}", path.string(), error.what()));
  }
  return table;
}

std::vector<std::string> remarks_on(const AudioInfo& info, const SeparatedFile& separated) {
  std::vector<std::string> remarks;
  if (!fits_into_page(seconds_of(info)) || !has_opus()) {
    std::string names;
    for (const auto& [name, path] : separated.stems) {
      names += path.filename().string() + ", ";
    }
    remarks.push_back(
        fmt::format("{}: this page plays {}{} beside it and the recording where it lies. "
                    "Keep them there.",
                    has_opus() ? "The recording is longer than ten minutes"
                               : "libsep was built without Opus",
                    names,
                    separated.remainder.filename().string()));
  } else if (info.num_channels > 2) {
    remarks.push_back(
        fmt::format("The {} channels are heard as their mean.", info.num_channels));
  }
  return remarks;
}

}  // namespace

fs::path write_separation_report(const fs::path& folder,
                                 const fs::path& recording,
                                 const SeparatedFile& separated,
                                 const Separator& separator,
                                 const fs::path& run) {
  const auto& info = separated.input;
  ReportPage page;
  page.title = recording.filename().string() + ", separated";
  page.seconds = seconds_of(info);
  page.facts = {{"length", format_duration(page.seconds)},
                {"channels", fmt::format("{}", info.num_channels)},
                {"rate", fmt::format("{} Hz", info.sample_rate)},
                {"format", info.format}};
  std::map<std::string, std::vector<StemName>> models;
  for (const auto& model : separator.models()) {
    models[model_text(model.description)].push_back(model.description.instrument);
  }
  for (const auto& [text, instruments] : models) {
    page.facts.emplace_back("model of " + fmt::format("{}", fmt::join(instruments, ", ")),
                            text);
  }
  page.remarks = remarks_on(info, separated);
  page.tracks.push_back(track_of_file("mixture", TrackRole::kWhole, recording, folder));
  for (const auto& [name, path] : separated.stems) {
    page.tracks.push_back(track_of_file(name, TrackRole::kPart, path, folder));
  }
  page.tracks.push_back(
      track_of_file("remainder", TrackRole::kPart, separated.remainder, folder));
  auto scores = score_table(separator, run);
  if (!scores.rows.empty()) page.tables.push_back(std::move(scores));
  const auto path = folder / "report.html";
  write_file_atomically(path, render_page(page));
  return path;
}

}  // namespace sep
