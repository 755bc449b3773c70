#include "libsep/experiment/evaluation_report.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/report/html_text.h"
#include "libsep/report/report.h"
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
  const auto text = decimal_text(summary.mean, 2);
  return std::isfinite(summary.std) ? fmt::format("{} ± {:.2f}", text, summary.std) : text;
}

ReportTable summary_of(const RunScores& scores) {
  ReportTable table;
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

std::vector<LearningCurve> curves_of(const EvaluatedRun& evaluated, bool several) {
  std::vector<LearningCurve> curves;
  const auto& run = evaluated.run.run();
  for (const auto& [fold, items] : evaluated.run.items()) {
    for (const auto& item : items) {
      const auto history = run.files(item).history;
      if (!is_there(history)) continue;  // not one epoch is done
      LearningCurve curve;
      const auto& title = run.config().title;
      curve.title =
          fmt::format("{}fold {}, {}", several ? title + ", " : "", fold, item.instrument);
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

std::vector<ScoreRow> rows_of(const RunScores& scores,
                              int64_t fold,
                              const std::string& piece) {
  std::vector<ScoreRow> rows;
  for (const auto& row : scores.rows) {
    if (row.fold == fold && row.piece == piece) rows.push_back(row);
  }
  return rows;
}

ReportTable piece_table(const std::vector<ScoreRow>& rows) {
  ReportTable table{"Scores, dB", score_header({"instrument", "estimate"}), {}, 2};
  for (const auto& row : rows) {
    std::vector<std::string> cells = {row.instrument, row.estimate};
    for (const auto& column : score_columns()) {
      if (shown_columns().count(column.column) == 0) continue;
      cells.push_back(row.status == ScoreStatus::kOk
                          ? decimal_text(row.scores.*column.value, 2)
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
    return {fmt::format("SI-SDR {} dB", decimal_text(row.scores.si_sdr)),
            fmt::format("SI-SIR {} · SI-SAR {}",
                        decimal_text(row.scores.si_sir),
                        decimal_text(row.scores.si_sar))};
  }
  return {};
}

ReportPage piece_page(const EvaluatedRun& evaluated,
                      const Separator& separator,
                      const Piece& piece,
                      int64_t fold) {
  const auto& config = evaluated.run.run().config();
  const auto audio = load_piece(piece);
  const auto rows = rows_of(evaluated.scores, fold, piece.name);
  ReportPage page;
  page.title = piece.name;
  page.seconds = audio.mixture.seconds();
  page.facts = {{"model", config.title},
                {"protocol", enum_name(config.protocol)},
                {"fold", fmt::format("{}", fold)},
                {"length", format_duration(page.seconds)},
                {"rate", fmt::format("{} Hz", piece.sample_rate)}};
  page.links = {{"All pieces and tables", "index.html"}};
  page.tables = {piece_table(rows)};
  page.tracks.push_back(track_of_signal("mixture", TrackRole::kWhole, audio.mixture));
  for (const auto& [name, estimate] : separator.separate(audio.mixture)) {
    auto track = track_of_signal(name + ", estimate", TrackRole::kOther, estimate);
    track.notes = score_notes(rows, name);
    page.tracks.push_back(std::move(track));
    page.tracks.push_back(
        track_of_signal(name + ", reference", TrackRole::kPart, audio.stems.at(name)));
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

using Links = std::vector<std::pair<std::string, std::string>>;

/// A page for each test piece; gives the links to them.
Links write_pages(const fs::path& folder,
                  const std::string& prefix,
                  const EvaluatedRun& evaluated,
                  DeviceChoice device,
                  Progress& progress) {
  const auto& run = evaluated.run;
  const auto& title = run.run().config().title;
  Links links;
  progress.begin(title + " report", static_cast<int64_t>(run.items().size()), "folds");
  int64_t num_done = 0;
  for (const auto& [fold, items] : run.items()) {
    std::vector<fs::path> files;
    for (const auto& item : items) files.push_back(run.run().files(item).best);
    const auto separator = Separator::load(files, torch_device(device));
    for (const auto piece_index : run.folds().at(static_cast<size_t>(fold - 1)).test) {
      progress.throw_if_stopped();
      const auto& piece = run.dataset().pieces.at(piece_index);
      const auto name = fmt::format(
          "{}{}-fold-{:02}-{}.html", prefix, slug(title), fold, slug(piece.name));
      write_file_atomically(folder / name,
                            render_page(piece_page(evaluated, separator, piece, fold)));
      links.emplace_back(fmt::format("{}, fold {}: {}", title, fold, piece.name),
                         url_of(name));
    }
    progress.update(++num_done);
  }
  progress.end();
  return links;
}

}  // namespace

fs::path write_evaluation_report(const fs::path& folder,
                                 const std::vector<EvaluatedRun>& runs,
                                 DeviceChoice device,
                                 Progress& progress) {
  make_directories(folder);
  ReportPage index;
  index.title = "Evaluation";
  index.remarks = {
      "Of the estimates, mixture is doing nothing; ibm, irm, iam and psm are ideal masks: "
      "what masking could reach at best."};
  for (size_t i = 0; i < runs.size(); ++i) {
    const auto& evaluated = runs[i];
    const auto& config = evaluated.run.run().config();
    index.facts.emplace_back("run", evaluated.run.run().root().string());
    if (!evaluated.scores.remark.empty()) {
      index.remarks.push_back(fmt::format("{}: {}", config.title, evaluated.scores.remark));
    }
    index.tables.push_back(summary_of(evaluated.scores));
    for (auto& curve : curves_of(evaluated, runs.size() > 1)) {
      index.curves.push_back(std::move(curve));
    }
    const auto prefix = runs.size() > 1 ? fmt::format("{}-", i + 1) : std::string();
    for (auto& link : write_pages(folder, prefix, evaluated, device, progress)) {
      index.links.push_back(std::move(link));
    }
  }
  const auto path = folder / "index.html";
  write_file_atomically(path, render_page(index));
  return path;
}

}  // namespace sep
