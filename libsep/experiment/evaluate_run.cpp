#include "libsep/experiment/evaluate_run.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/threads.h"
#include "libsep/model/serial_math.h"

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
std::vector<ScoreRow> evaluate_fold(const EvaluableRun& evaluable,
                                    int64_t fold_number,
                                    const RunEvaluationOptions& options,
                                    const Progress& progress) {
  const auto& run = evaluable.run();
  const auto& fold = evaluable.folds().at(static_cast<size_t>(fold_number - 1));
  std::vector<fs::path> model_files;
  std::vector<StemName> instruments;
  for (const auto& item : evaluable.items().at(fold_number)) {
    model_files.push_back(run.files(item).best);
    instruments.push_back(item.instrument);
  }
  const auto separator = Separator::load(model_files, torch_device(options.device));
  std::vector<ScoreRow> rows;
  for (const auto index : fold.test) {
    progress.throw_if_stopped();
    const auto& piece = evaluable.dataset().pieces.at(index);
    const auto part = evaluate_piece(label_of(run.config(), fold.index),
                                     piece,
                                     load_piece(piece),
                                     instruments,
                                     &separator,
                                     options.of_pieces(run.config().stft));
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

constexpr const char* kThesisSuffix = "_FULL_EVAL_RESULTS.csv";

bool is_thesis_table(const fs::path& path) {
  const std::string name = path.filename().string();
  const std::string suffix = kThesisSuffix;
  return name.size() > suffix.size() &&
         name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0;
}

/// Names of thesis tables, relative to the folder of an evaluation.
using TableNames = std::set<std::string>;

/// The list of them that an evaluation leaves; lines that cannot be from it are left out.
TableNames read_table_list(const fs::path& path) {
  TableNames names;
  if (!is_there(path)) return names;
  std::istringstream lines(read_file(path));
  for (std::string line; std::getline(lines, line);) {
    const fs::path name = line;
    const auto folder = name.parent_path();
    if (is_thesis_table(name) && (folder == "clean" || folder == "legacy")) {
      names.insert(line);
    }
  }
  return names;
}

void write_table_list(const fs::path& path, const TableNames& names) {
  if (names.empty() && !is_there(path)) return;
  write_file_atomically(path, fmt::format("{}\n", fmt::join(names, "\n")));
}

/// Runs of one protocol.
using RunGroup = std::vector<const RunScores*>;

/// By name, relative to the folder of the evaluation.
using NamedTables = std::vector<std::pair<std::string, CsvTable>>;

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

/// Files that an earlier evaluation wrote and this one does not.
std::vector<fs::path> remove_tables(const fs::path& out,
                                    const TableNames& earlier,
                                    const TableNames& now) {
  std::vector<fs::path> removed;
  for (const auto& name : earlier) {
    const auto path = out / name;
    if (now.count(name) == 1 || !is_real_file(path)) continue;
    remove_file(path);
    removed.push_back(path);
  }
  return removed;
}

TablesWritten write_all(const fs::path& out,
                        const std::vector<ScoreRow>& rows,
                        const std::string& summary,
                        const NamedTables& thesis) {
  make_directories(out);
  const auto list = out / ".tables";
  const auto earlier = read_table_list(list);
  TableNames now;
  for (const auto& [name, table] : thesis) now.insert(name);
  TableNames both = earlier;
  both.insert(now.begin(), now.end());
  if (both != earlier) write_table_list(list, both);

  TablesWritten result;
  const auto add = [&](const std::string& name, const CsvTable& table) {
    write_csv(out / name, table);
    result.written.push_back(out / name);
  };
  add("scores.csv", scores_table(rows));
  add("summary.csv", summary_table(rows));
  write_file_atomically(out / "summary.md", summary);
  result.written.push_back(out / "summary.md");
  for (const auto& [name, table] : thesis) {
    make_directories((out / name).parent_path());
    add(name, table);
  }
  result.removed = remove_tables(out, earlier, now);
  if (both != now) write_table_list(list, now);
  return result;
}

}  // namespace

EvaluationOptions RunEvaluationOptions::of_pieces(const StftOptions& stft) const {
  EvaluationOptions options;
  options.stft = stft;
  options.ideal_masks = ideal_masks;
  options.num_threads = num_threads;
  return options;
}

RunScores evaluate_run(const EvaluableRun& evaluable,
                       const RunEvaluationOptions& options,
                       Progress& progress) {
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
  progress.begin(
      run.config().title, static_cast<int64_t>(evaluable.items().size()), "folds");
  int64_t num_done = 0;
  for (const auto& [fold, items] : evaluable.items()) {
    const auto part = evaluate_fold(evaluable, fold, resolved, progress);
    scores.rows.insert(scores.rows.end(), part.begin(), part.end());
    progress.update(++num_done);
  }
  progress.end();
  return scores;
}

TablesWritten write_score_tables(const fs::path& out, const std::vector<ScoreRow>& rows) {
  return write_all(out, rows, summary_markdown(rows), {});
}

TablesWritten write_tables(const fs::path& out, const std::vector<RunScores>& runs) {
  std::vector<ScoreRow> rows;
  std::string summary;
  std::map<std::string, RunGroup> by_protocol;
  for (const auto& run : runs) {
    summary += summary_markdown(run.rows, run.remark);
    rows.insert(rows.end(), run.rows.begin(), run.rows.end());
    by_protocol[enum_name(run.config.protocol)].push_back(&run);
  }
  NamedTables thesis;
  for (const auto& [protocol, group] : by_protocol) {
    add_thesis_tables(thesis, protocol, group);
  }
  return write_all(out, rows, summary, thesis);
}

}  // namespace sep
