#include "libsep/eval/table_files.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <sstream>

#include "libsep/core/atomic_file.h"
#include "libsep/core/file_system.h"
#include "libsep/eval/comparison.h"
#include "libsep/eval/seed_tables.h"
#include "libsep/eval/tables.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

bool is_thesis_table(const fs::path& path) {
  const std::string name = path.filename().string();
  const std::string suffix = kThesisSuffix;
  return name.size() > suffix.size() &&
         name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0;
}

constexpr const char* kMetrics = "metrics.csv";
constexpr const char* kFrames = "frames.csv";
constexpr std::array<const char*, 4> kSometimes = {
    kMetrics, kFrames, kComparisonTable, kSeedTable};

bool is_written_sometimes(const std::string& name) {
  return std::find(kSometimes.begin(), kSometimes.end(), name) != kSometimes.end();
}

/// Names of tables that not every evaluation has, relative to the folder of an evaluation.
using TableNames = std::set<std::string>;

/// The list of them that an evaluation leaves; lines that cannot be from it are left out.
TableNames read_table_list(const fs::path& path) {
  TableNames names;
  if (!is_there(path)) return names;
  std::istringstream lines(read_file(path));
  for (std::string line; std::getline(lines, line);) {
    const fs::path name = line;
    const auto folder = name.parent_path();
    const bool is_thesis =
        is_thesis_table(name) && (folder == "clean" || folder == "legacy");
    if (is_thesis || is_written_sometimes(line)) names.insert(line);
  }
  return names;
}

void write_table_list(const fs::path& path, const TableNames& names) {
  if (names.empty() && !is_there(path)) return;
  write_file_atomically(path, fmt::format("{}\n", fmt::join(names, "\n")));
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

}  // namespace

TablesWritten write_table_files(const fs::path& out,
                                const std::vector<ScoreRow>& rows,
                                const std::string& summary,
                                const NamedTables& others,
                                const FurtherMetrics& further) {
  make_directories(out);
  const auto list = out / ".tables";
  const auto earlier = read_table_list(list);
  TableNames now;
  const bool has_metrics = !further.list.empty();
  const bool has_frames = has_metrics && further.frames == FrameScores::kWanted;
  for (const auto& [name, table] : others) now.insert(name);
  if (has_metrics) now.insert(kMetrics);
  if (has_frames) now.insert(kFrames);
  TableNames both = earlier;
  both.insert(now.begin(), now.end());
  if (both != earlier) write_table_list(list, both);

  TablesWritten result;
  const auto add = [&](const std::string& name, const CsvTable& table) {
    write_csv(out / name, table);
    result.written.push_back(out / name);
  };
  add("scores.csv", scores_table(rows));
  if (has_metrics) add(kMetrics, metrics_table(rows, further));
  if (has_frames) add(kFrames, frames_table(rows, further));
  add("summary.csv", summary_table(rows, further));
  write_file_atomically(out / "summary.md", summary);
  result.written.push_back(out / "summary.md");
  for (const auto& [name, table] : others) {
    make_directories((out / name).parent_path());
    add(name, table);
  }
  result.removed = remove_tables(out, earlier, now);
  if (both != now) write_table_list(list, now);
  return result;
}

void add_comparisons(NamedTables& tables,
                     std::string& summary,
                     const std::vector<ScoreRow>& rows,
                     const FurtherMetrics& further,
                     ModelComparison comparison) {
  if (has_seeds(rows)) {
    tables.emplace_back(kSeedTable, seeds_table(rows, further));
    summary += seeds_markdown(rows);
  }
  if (comparison == ModelComparison::kNone) return;
  const auto comparisons = compare_models(rows, further);
  tables.emplace_back(kComparisonTable, comparison_table(comparisons));
  summary += comparison_markdown(comparisons);
}

TablesWritten write_score_tables(const fs::path& out,
                                 const std::vector<ScoreRow>& rows,
                                 const FurtherMetrics& further,
                                 ModelComparison comparison) {
  auto summary = summary_markdown(rows, "", further);
  NamedTables others;
  add_comparisons(others, summary, rows, further, comparison);
  return write_table_files(out, rows, summary, others, further);
}

}  // namespace sep
