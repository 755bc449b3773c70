#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "libsep/core/csv.h"
#include "libsep/eval/further_metrics.h"
#include "libsep/eval/score_row.h"

namespace sep {

/// What the file of each of the thesis's tables ends in.
inline constexpr const char* kThesisSuffix = "_FULL_EVAL_RESULTS.csv";

/// Those that not every evaluation has.
inline constexpr const char* kComparisonTable = "comparison.csv";
inline constexpr const char* kSeedTable = "seeds.csv";

/// Whether models are compared in pairs (comparison.h).
enum class ModelComparison { kNone, kPairs };

/// Tables by name, relative to the folder of the evaluation:
/// "clean/…_FULL_EVAL_RESULTS.csv".
using NamedTables = std::vector<std::pair<std::string, CsvTable>>;

/// What an evaluation did to the tables in its folder.
struct TablesWritten {
  std::vector<std::filesystem::path> written;
  std::vector<std::filesystem::path> removed;
};

/// Writes the tables of an evaluation into `out`: scores.csv, summary.csv, summary.md (with
/// the text `summary`) and the `others`: the thesis's, under clean/ or legacy/, those that
/// add_comparisons() adds; where there are further metrics metrics.csv, and frames.csv
/// where their frames are wanted.
///
/// Removes those of an earlier evaluation that are not written now, but for the first
/// three, which always are. They are
/// known by a hidden list, `out`/.tables: files of the same kind from elsewhere stay. The
/// list always holds what may be there, also after a kill.
TablesWritten write_table_files(const std::filesystem::path& out,
                                const std::vector<ScoreRow>& rows,
                                const std::string& summary,
                                const NamedTables& others,
                                const FurtherMetrics& further = {});

/// Adds seeds.csv and its section of summary.md where a model has several seeds, and a
/// comparison where it is wanted. Throws Error as compare_models().
void add_comparisons(NamedTables& tables,
                     std::string& summary,
                     const std::vector<ScoreRow>& rows,
                     const FurtherMetrics& further,
                     ModelComparison comparison);

/// The same without the thesis's tables, for rows that belong to no run.
TablesWritten write_score_tables(const std::filesystem::path& out,
                                 const std::vector<ScoreRow>& rows,
                                 const FurtherMetrics& further = {},
                                 ModelComparison comparison = ModelComparison::kNone);

}  // namespace sep
