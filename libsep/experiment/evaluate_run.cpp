#include "libsep/experiment/evaluate_run.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

ScoreRow label_of(const ExperimentConfig& config, int64_t fold) {
  ScoreRow label;
  label.model = config.title;
  label.protocol = enum_name(config.protocol);
  label.seed = config.seed;
  label.fold = fold;
  return label;
}

/// Rows of the test pieces of one fold, for the instruments that have a model.
std::vector<ScoreRow> evaluate_fold(const RunDirectory& run,
                                    const Dataset& dataset,
                                    const Fold& fold,
                                    const std::vector<RunItem>& items,
                                    const EvaluationOptions& options) {
  std::vector<fs::path> model_files;
  std::vector<StemName> instruments;
  for (const auto& item : items) {
    model_files.push_back(run.files(item).best);
    instruments.push_back(item.instrument);
  }
  const auto separator = Separator::load(model_files, torch_device(run.config().device));
  std::vector<ScoreRow> rows;
  for (const auto index : fold.test) {
    const auto& piece = dataset.pieces.at(index);
    const auto part = evaluate_piece(label_of(run.config(), fold.index),
                                     piece,
                                     load_piece(piece),
                                     instruments,
                                     &separator,
                                     options);
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

/// Runs of one protocol.
using RunGroup = std::vector<const RunScores*>;

void add_table(std::vector<fs::path>& written,
               const fs::path& path,
               const CsvTable& table) {
  write_csv(path, table);
  written.push_back(path);
}

void write_thesis_tables(std::vector<fs::path>& written,
                         const fs::path& folder,
                         const RunGroup& runs) {
  make_directories(folder);
  std::set<std::string> names;
  std::vector<StemName> instruments;
  std::vector<std::vector<ScoreRow>> rows;
  std::vector<std::string> titles;
  for (const auto* run : runs) {
    auto name = thesis_label(run->config).stem();
    if (names.count(name) > 0) name += fmt::format("_Seed={}", run->config.seed);
    SEP_CHECK(names.insert(name).second,
              "two of the runs are both {} with seed {}",
              run->config.title,
              run->config.seed);
    add_table(written,
              folder / (name + "_FULL_EVAL_RESULTS.csv"),
              thesis_model_table(run->rows, run->instruments));
    rows.push_back(run->rows);
    titles.push_back(run->config.title);
    for (const auto& instrument : run->instruments) {
      if (std::find(instruments.begin(), instruments.end(), instrument) ==
          instruments.end()) {
        instruments.push_back(instrument);
      }
    }
  }
  for (const auto& instrument : instruments) {
    add_table(written,
              folder / fmt::format("SepModel_{}_FULL_EVAL_RESULTS.csv", instrument),
              thesis_instrument_table(rows, titles, instrument));
  }
}

}  // namespace

RunScores evaluate_run(const RunDirectory& run,
                       const Dataset& dataset,
                       bool ideal_masks,
                       int64_t num_threads,
                       Progress& progress) {
  run.check_dataset(dataset);
  set_compute_threads(num_threads);
  const auto items = run.trained_items(dataset.instruments);
  SEP_CHECK(!items.empty(), "{}: no trained model there", run.root().string());
  const auto folds = make_folds(dataset, run.config().split);
  std::map<int64_t, std::vector<RunItem>> by_fold;
  for (const auto& item : items) by_fold[item.fold].push_back(item);

  EvaluationOptions options;
  options.stft = run.config().stft;
  options.ideal_masks = ideal_masks;
  options.num_threads = num_threads;
  RunScores scores{run.config(), dataset.instruments, {}};
  progress.begin(run.config().title, static_cast<int64_t>(by_fold.size()), "folds");
  int64_t num_done = 0;
  for (const auto& [fold, fold_items] : by_fold) {
    SEP_CHECK(fold <= static_cast<int64_t>(folds.size()),
              "{}: has a fold {}, the dataset gives {}",
              run.root().string(),
              fold,
              folds.size());
    const auto part = evaluate_fold(
        run, dataset, folds.at(static_cast<size_t>(fold - 1)), fold_items, options);
    scores.rows.insert(scores.rows.end(), part.begin(), part.end());
    progress.update(++num_done);
  }
  progress.end();
  return scores;
}

std::vector<ScoreRow> evaluate_models(std::vector<LoadedModel> models,
                                      const std::string& name,
                                      const Dataset& dataset,
                                      bool ideal_masks,
                                      int64_t num_threads,
                                      Progress& progress) {
  set_compute_threads(num_threads);
  const auto& first = models.front().description;
  ScoreRow label;
  label.model = first.title.empty() ? name : first.title;
  label.protocol = first.protocol;
  label.seed = first.seed;
  label.fold = first.fold;
  EvaluationOptions options;
  options.stft = first.stft;
  options.ideal_masks = ideal_masks;
  options.num_threads = num_threads;
  std::vector<StemName> instruments;
  for (const auto& model : models) instruments.push_back(model.description.instrument);
  for (const auto& instrument : instruments) {
    const auto& known = dataset.instruments;
    SEP_CHECK(std::find(known.begin(), known.end(), instrument) != known.end(),
              "{}: no instrument '{}', there are {}",
              dataset.root.string(),
              instrument,
              fmt::join(known, ", "));
  }
  const Separator separator(std::move(models));
  std::vector<ScoreRow> rows;
  progress.begin(label.model, static_cast<int64_t>(dataset.pieces.size()), "pieces");
  for (size_t i = 0; i < dataset.pieces.size(); ++i) {
    const auto& piece = dataset.pieces[i];
    const auto part =
        evaluate_piece(label, piece, load_piece(piece), instruments, &separator, options);
    rows.insert(rows.end(), part.begin(), part.end());
    progress.update(static_cast<int64_t>(i) + 1);
  }
  progress.end();
  return rows;
}

std::vector<fs::path> write_score_tables(const fs::path& out,
                                         const std::vector<ScoreRow>& rows) {
  make_directories(out);
  std::vector<fs::path> written;
  add_table(written, out / "scores.csv", scores_table(rows));
  add_table(written, out / "summary.csv", summary_table(rows));
  write_file_atomically(out / "summary.md", summary_markdown(rows));
  written.push_back(out / "summary.md");
  return written;
}

std::vector<fs::path> write_tables(const fs::path& out,
                                   const std::vector<RunScores>& runs) {
  std::vector<ScoreRow> rows;
  std::map<std::string, RunGroup> by_protocol;
  for (const auto& run : runs) {
    rows.insert(rows.end(), run.rows.begin(), run.rows.end());
    by_protocol[enum_name(run.config.protocol)].push_back(&run);
  }
  auto written = write_score_tables(out, rows);
  for (const auto& [protocol, group] : by_protocol) {
    write_thesis_tables(written, out / protocol, group);
  }
  return written;
}

}  // namespace sep
