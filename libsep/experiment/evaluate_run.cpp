#include "libsep/experiment/evaluate_run.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/threads.h"
#include "libsep/eval/tables.h"
#include "libsep/model/serial_math.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

ScoreRow label_of(const ExperimentConfig& config,
                  int64_t fold,
                  const RunEvaluationOptions& options) {
  ScoreRow label;
  label.model = options.titled(config.title);
  label.protocol = enum_name(config.protocol);
  label.seed = config.seed;
  label.fold = fold;
  return label;
}

/// Of a fold's best checkpoints.
Separator separator_of(const EvaluableRun& evaluable,
                       int64_t fold_number,
                       const RunEvaluationOptions& options) {
  std::vector<fs::path> model_files;
  for (const auto& item : evaluable.items().at(fold_number)) {
    model_files.push_back(evaluable.run().files(item).best);
  }
  return Separator::load(model_files, torch_device(options.device), options.separation);
}

/// Rows of the test pieces of one fold, for the instruments that have a model.
std::vector<ScoreRow> evaluate_fold(const EvaluableRun& evaluable,
                                    int64_t fold_number,
                                    const RunEvaluationOptions& options,
                                    Progress& progress,
                                    const PieceListener& listener) {
  const auto& run = evaluable.run();
  const auto& fold = evaluable.folds().at(static_cast<size_t>(fold_number - 1));
  const auto separator = separator_of(evaluable, fold_number, options);
  std::vector<StemName> instruments;
  for (const auto& name : evaluable.dataset().instruments) {
    if (separator.stems().count(name) > 0) instruments.push_back(name);
  }
  std::vector<ScoreRow> rows;
  for (const auto index : fold.test) {
    progress.throw_if_stopped();
    const auto& piece = evaluable.dataset().pieces.at(index);
    const auto audio = load_piece(piece);
    const auto estimates = separator.separate(audio.mixture);
    const auto part = score_estimates(label_of(run.config(), fold.index, options),
                                      piece,
                                      audio,
                                      scored_instruments(piece, instruments, progress),
                                      estimates,
                                      &separator,
                                      options.of_pieces(run.config().stft));
    if (listener) listener({evaluable, fold.index, piece, audio, estimates, part});
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

void note_device(const RunDirectory& run, DeviceChoice device, Progress& progress) {
  const auto trained_on = run.config().device;
  if (trained_on == DeviceChoice::kAuto || trained_on == device) return;
  progress.note(fmt::format("{}: trained on {}, evaluated on {}",
                            run.root().string(),
                            enum_name(trained_on),
                            enum_name(device)));
}

/// Runs of one protocol.
using RunGroup = std::vector<const RunScores*>;

void add_thesis_tables(NamedTables& tables,
                       const std::string& folder,
                       const RunGroup& runs) {
  std::set<std::string> names;
  std::vector<StemName> instruments;
  std::vector<std::vector<ScoreRow>> rows;
  std::vector<std::string> titles;
  for (const auto* run : runs) {
    auto name = thesis_label(run->config).stem();
    if (names.count(name) > 0) name += fmt::format("_Seed={}", run->config.seed);
    if (names.count(name) > 0) name += fmt::format("_Run={}", rows.size() + 1);
    names.insert(name);
    tables.emplace_back(folder + "/" + name + kThesisSuffix,
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
    auto table = thesis_instrument_table(rows, titles, instrument);
    if (table.rows.empty()) continue;  // never trained
    tables.emplace_back(fmt::format("{}/SepModel_{}{}", folder, instrument, kThesisSuffix),
                        std::move(table));
  }
}

}  // namespace

EvaluationOptions RunEvaluationOptions::of_pieces(const StftOptions& stft) const {
  EvaluationOptions options;
  options.stft = stft;
  options.ideal_masks = ideal_masks;
  options.num_threads = num_threads;
  options.further = further;
  return options;
}

std::string RunEvaluationOptions::titled(const std::string& title) const {
  std::vector<std::string> marks;
  if (separation.num_passes > 1) {
    marks.push_back(fmt::format("{} passes", separation.num_passes));
  }
  if (separation.match_spectrum) marks.emplace_back("spectrum matched");
  return marks.empty() ? title : fmt::format("{} ({})", title, fmt::join(marks, ", "));
}

void check_separable(const EvaluableRun& evaluable, const SeparatorOptions& options) {
  if (evaluable.items().empty()) return;
  for (const auto& item : evaluable.items().begin()->second) {
    options.check(load_model(evaluable.run().files(item).best));
  }
}

RunScores evaluate_run(const EvaluableRun& evaluable,
                       const RunEvaluationOptions& options,
                       Progress& progress,
                       const PieceListener& listener) {
  const auto& run = evaluable.run();
  auto resolved = options;
  resolved.device = resolve_device(options.device);
  const ThreadLimit limit(options.num_threads);
  const SerialMath serial;
  note_device(run, resolved.device, progress);
  for (const auto& name : evaluable.unfinished()) {
    progress.note(fmt::format("{}: {}: not finished, scored by its best epoch so far",
                              run.root().string(),
                              name));
  }
  RunScores scores{run.config(), evaluable.dataset().instruments, {}, evaluable.remark()};
  scores.config.title = options.titled(run.config().title);
  progress.begin(
      scores.config.title, static_cast<int64_t>(evaluable.items().size()), "folds");
  int64_t num_done = 0;
  for (const auto& [fold, items] : evaluable.items()) {
    const auto part = evaluate_fold(evaluable, fold, resolved, progress, listener);
    scores.rows.insert(scores.rows.end(), part.begin(), part.end());
    progress.update(++num_done);
  }
  progress.end();
  return scores;
}

TablesWritten write_tables(const fs::path& out,
                           const std::vector<RunScores>& runs,
                           const FurtherMetrics& further,
                           ModelComparison comparison) {
  std::vector<ScoreRow> rows;
  std::string summary;
  std::map<std::string, RunGroup> by_protocol;
  for (const auto& run : runs) {
    summary += summary_markdown(run.rows, run.remark, further);
    rows.insert(rows.end(), run.rows.begin(), run.rows.end());
    by_protocol[enum_name(run.config.protocol)].push_back(&run);
  }
  NamedTables others;
  for (const auto& [protocol, group] : by_protocol) {
    add_thesis_tables(others, protocol, group);
  }
  add_comparisons(others, summary, rows, further, comparison);
  return write_table_files(out, rows, summary, others, further);
}

}  // namespace sep
