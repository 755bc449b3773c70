#include "libsep/separation/detail/separation_page.h"

#include <fmt/ranges.h>

#include <cmath>

#include "libsep/audio/opus.h"
#include "libsep/core/csv.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/number.h"
#include "libsep/core/progress.h"
#include "libsep/report/text.h"

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
  const auto text = report::decimal_text(mean, 2);
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
                                     ModelDescription model,
                                     const StemName& stem) {
  model.instrument = stem;
  std::vector<std::string> row = {stem};
  for (const char* score : {"SI-SDR", "SI-SIR", "SI-SAR", "SNR"}) {
    row.push_back(find_score(summary, model, "model", score));
  }
  row.push_back(find_score(summary, model, "mixture", "SI-SDR"));
  return row;
}

/// What a run's evaluation says of the models; no rows where there is none.
report::Table score_table(const Separator& separator, const fs::path& run) {
  report::Table table{"Scores on the run's test pieces, dB",
                      {"", "SI-SDR", "SI-SIR", "SI-SAR", "SNR", "mixture's SI-SDR"},
                      {},
                      1};
  const auto path = run / "eval" / "summary.csv";
  if (run.empty() || !is_there(path)) return table;
  const auto summary = read_csv(path);
  try {
    for (const auto& model : separator.models()) {
      for (const auto& stem : model.description.stem_names()) {
        auto row = score_cells(summary, model.description, stem);
        if (!row[1].empty()) table.rows.push_back(std::move(row));
      }
    }
  } catch (const Error& error) {  // a column or a number
    throw Error(fmt::format("{}: {}", path.string(), error.what()));
  }
  return table;
}

/// What a model's card says of its scores; no rows where it says nothing.
report::Table card_table(const ModelCard& card) {
  report::Table table{fmt::format("The model's SI-SDR on {}, dB", card.scored_on),
                      {"", "model", "doing nothing"},
                      {},
                      1};
  for (const auto& score : card.scores) {
    table.rows.push_back({score.stem,
                          report::decimal_text(score.si_sdr_db, 2),
                          report::decimal_text(score.mixture_db, 2)});
  }
  return table;
}

/// The way from a page in `folder` to a file.
std::string url_between(const fs::path& folder, const fs::path& file) {
  return report::url_of(
      absolute_path(file).lexically_relative(absolute_path(folder / "page").parent_path()));
}

}  // namespace

SeparationPage::SeparationPage(const Separator& separator,
                               const fs::path& recording,
                               const AudioInfo& info,
                               const fs::path& run)
    : info_(info) {
  page_.title = recording.filename().string() + ", separated";
  page_.seconds = seconds_of(info);
  page_.facts = {{"length", format_duration(page_.seconds)},
                 {"channels", fmt::format("{}", info.num_channels)},
                 {"rate", fmt::format("{} Hz", info.sample_rate)},
                 {"format", info.format}};
  std::map<std::string, std::vector<StemName>> models;
  for (const auto& model : separator.models()) {
    auto& stems = models[model_text(model.description)];
    for (const auto& name : model.description.stem_names()) stems.push_back(name);
  }
  for (const auto& [text, instruments] : models) {
    page_.facts.emplace_back("model of " + fmt::format("{}", fmt::join(instruments, ", ")),
                             text);
  }
  add_cards(separator);
  add_table(score_table(separator, run));
}

void SeparationPage::add_table(report::Table table) {
  if (!table.rows.empty()) page_.tables.push_back(std::move(table));
}

void SeparationPage::add_cards(const Separator& separator) {
  for (const auto& model : separator.models()) {
    const auto& card = model.description.card;
    if (!card.training.empty()) page_.facts.emplace_back("trained on", card.training);
    if (!card.licence.empty()) {
      page_.facts.emplace_back("licence of the model", card.licence);
    }
    add_table(card_table(card));
  }
}

void SeparationPage::begin_track(const std::string& name,
                                 report::TrackRole role,
                                 const fs::path& file) {
  places_[name] = tracks_.size();
  tracks_.push_back(
      {name,
       role,
       file,
       report::TrackBuilder(
           name, role, info_.num_channels, info_.sample_rate, info_.num_samples)});
}

void SeparationPage::add(const std::string& name, const Signal& samples) {
  tracks_.at(places_.at(name)).builder.add(samples);
}

std::vector<std::string> SeparationPage::remarks() const {
  if (report::fits_into_page(page_.seconds) && has_opus()) {
    if (info_.num_channels <= 2) return {};
    return {fmt::format("The {} channels are heard as their mean.", info_.num_channels)};
  }
  std::vector<std::string> names;
  for (const auto& track : tracks_) {
    if (track.role == report::TrackRole::kPart) {
      names.push_back(track.file.filename().string());
    }
  }
  return {
      fmt::format("{}: this page plays {} beside it and the recording where it lies. "
                  "Keep them there.",
                  has_opus() ? "The recording is longer than ten minutes"
                             : "libsep was built without Opus",
                  fmt::join(names, ", "))};
}

std::string SeparationPage::render(const fs::path& folder) {
  auto page = page_;
  page.remarks = remarks();
  for (auto& track : tracks_) {
    page.tracks.push_back(track.builder.finish());
    if (page.tracks.back().opus.empty()) {
      page.tracks.back().url = url_between(folder, track.file);
    }
  }
  return report::render_page(page);
}

}  // namespace sep
