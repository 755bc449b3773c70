#include "libsep/experiment/evaluation_report.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "libsep/core/file_group.h"
#include "libsep/core/file_system.h"
#include "libsep/core/new_folder.h"
#include "libsep/core/progress.h"
#include "libsep/eval/tables.h"
#include "libsep/report/report.h"
#include "libsep/report/text.h"
#include "libsep/train/training_state.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

const std::set<std::string>& shown_columns() {
  static const std::set<std::string> columns = {
      "si_sdr_db", "si_sdri_db", "si_sir_db", "si_sar_db", "snr_db"};
  return columns;
}

std::vector<std::string> score_header(std::vector<std::string> header) {
  for (const auto& column : score_columns()) {
    if (shown_columns().count(column.column) > 0) header.emplace_back(column.title);
  }
  return header;
}

std::string summary_cell(const std::vector<ScoreRow>& rows, double Scores::*score) {
  const auto summary = summarize(rows, score);
  if (!std::isfinite(summary.mean)) return "–";
  const auto text = report::decimal_text(summary.mean, 2);
  return std::isfinite(summary.std) ? fmt::format("{} ± {:.2f}", text, summary.std) : text;
}

report::Table summary_of(const RunScores& scores) {
  report::Table table;
  table.title = scores.config.title + ", dB, mean ± deviation over test pieces";
  table.header = score_header({"instrument", "estimate"});
  table.num_names = 2;
  std::vector<std::pair<std::string, std::string>> seen;
  for (const auto& row : scores.rows) {
    const std::pair key(row.instrument, row.estimate);
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) continue;
    seen.push_back(key);
    std::vector<ScoreRow> same;
    for (const auto& other : scores.rows) {
      if (other.instrument == key.first && other.estimate == key.second) {
        same.push_back(other);
      }
    }
    std::vector<std::string> cells = {key.first, key.second};
    for (const auto& column : score_columns()) {
      if (shown_columns().count(column.column) > 0) {
        cells.push_back(summary_cell(same, column.value));
      }
    }
    table.rows.push_back(cells);
  }
  return table;
}

std::vector<report::LearningCurve> curves_of(const EvaluableRun& evaluable, bool several) {
  std::vector<report::LearningCurve> curves;
  const auto& run = evaluable.run();
  for (const auto& [fold, items] : evaluable.items()) {
    for (const auto& item : items) {
      const auto history = run.files(item).history;
      if (!is_there(history)) continue;  // not one epoch is done
      report::LearningCurve curve;
      const auto& title = run.config().title;
      curve.title =
          fmt::format("{}fold {}, {}", several ? title + ", " : "", fold, item.target);
      for (const auto& record : read_history(history)) {
        curve.train.push_back(record.train_loss);
        curve.validation.push_back(record.validation_loss);
        if (record.is_best) curve.best_epoch = record.epoch;
      }
      curves.push_back(std::move(curve));
    }
  }
  return curves;
}

report::Table piece_table(const std::vector<ScoreRow>& rows) {
  report::Table table{"Scores, dB", score_header({"instrument", "estimate"}), {}, 2};
  for (const auto& row : rows) {
    std::vector<std::string> cells = {row.instrument, row.estimate};
    for (const auto& column : score_columns()) {
      if (shown_columns().count(column.column) == 0) continue;
      cells.push_back(row.status == ScoreStatus::kOk
                          ? report::decimal_text(row.scores.*column.value, 2)
                          : enum_name(row.status));
    }
    table.rows.push_back(cells);
  }
  return table;
}

std::vector<std::string> score_notes(const std::vector<ScoreRow>& rows,
                                     const StemName& instrument) {
  for (const auto& row : rows) {
    if (row.instrument != instrument || row.estimate != "model") continue;
    if (row.status != ScoreStatus::kOk) return {enum_name(row.status)};
    return {fmt::format("SI-SDR {} dB", report::decimal_text(row.scores.si_sdr)),
            fmt::format("SI-SIR {} · SI-SAR {}",
                        report::decimal_text(row.scores.si_sir),
                        report::decimal_text(row.scores.si_sar))};
  }
  return {};
}

report::Page piece_page(const EvaluatedPiece& evaluated) {
  const auto& config = evaluated.run.run().config();
  const auto& audio = evaluated.audio;
  report::Page page;
  page.title = evaluated.piece.name;
  page.seconds = audio.mixture.seconds();
  page.facts = {{"model", config.title},
                {"protocol", enum_name(config.protocol)},
                {"fold", fmt::format("{}", evaluated.fold)},
                {"length", format_duration(page.seconds)},
                {"rate", fmt::format("{} Hz", evaluated.piece.sample_rate)}};
  page.links = {{"All pieces and tables", "index.html"}};
  page.tables = {piece_table(evaluated.rows)};
  page.tracks.push_back(
      report::track_of_signal("mixture", report::TrackRole::kWhole, audio.mixture));
  for (const auto& [name, estimate] : evaluated.estimates) {
    page.tracks.push_back(
        report::track_of_signal(name + ", estimate", report::TrackRole::kOther, estimate));
    page.tracks.back().notes = score_notes(evaluated.rows, name);
    if (audio.stems.count(name) == 0) continue;
    page.tracks.push_back(report::track_of_signal(
        name + ", reference", report::TrackRole::kPart, audio.stems.at(name)));
  }
  return page;
}

/// For a file's name: letters, digits and dashes.
std::string slug(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    result += plain ? c : '-';
  }
  return result;
}

}  // namespace

struct EvaluationReport::State {
  fs::path folder;
  size_t num_runs = 0;
  size_t run_number = 1;
  NewFolder made;
  report::Page index;
  FileGroup pages;

  State(const fs::path& folder_in, size_t num_runs_in)
      : folder(folder_in), num_runs(num_runs_in), made(folder_in) {}

  bool several() const { return num_runs > 1; }
};

EvaluationReport::EvaluationReport(const fs::path& folder, size_t num_runs)
    : state_(std::make_unique<State>(folder, num_runs)) {
  state_->index.title = "Evaluation";
  state_->index.remarks = {
      "Of the estimates, mixture is doing nothing; ibm, irm, iam and psm are ideal masks: "
      "what masking could reach at best."};
}

EvaluationReport::~EvaluationReport() = default;

void EvaluationReport::add(const EvaluatedPiece& evaluated) {
  const auto& title = evaluated.run.run().config().title;
  const auto& piece = evaluated.piece.name;
  const auto name =
      fmt::format("{}{}-fold-{:02}-{}.html",
                  state_->several() ? fmt::format("{}-", state_->run_number) : "",
                  slug(title),
                  evaluated.fold,
                  slug(piece));
  state_->pages.write(state_->folder / name, report::render_page(piece_page(evaluated)));
  state_->index.links.emplace_back(
      fmt::format("{}, fold {}: {}", title, evaluated.fold, piece), report::url_of(name));
}

void EvaluationReport::add(const EvaluableRun& run, const RunScores& scores) {
  auto& index = state_->index;
  index.facts.emplace_back("run", run.run().root().string());
  if (!scores.remark.empty()) {
    index.remarks.push_back(fmt::format("{}: {}", scores.config.title, scores.remark));
  }
  index.tables.push_back(summary_of(scores));
  for (auto& curve : curves_of(run, state_->several())) {
    index.curves.push_back(std::move(curve));
  }
  ++state_->run_number;
}

fs::path EvaluationReport::commit() {
  const auto path = state_->folder / "index.html";
  state_->pages.write(path, report::render_page(state_->index));
  state_->pages.commit();
  return path;
}

}  // namespace sep
