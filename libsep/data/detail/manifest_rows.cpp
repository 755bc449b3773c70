#include "libsep/data/detail/manifest_rows.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/number.h"
#include "libsep/core/text.h"
#include "libsep/core/unicode.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxNameBytes = 200;
constexpr double kMaxStartSeconds = 1e5;
constexpr double kMaxGainDb = 200.0;

bool is_empty(const CsvRow& row) {
  return std::all_of(
      row.cells.begin(), row.cells.end(), [](const auto& cell) { return cell.empty(); });
}

/// What is wrong with any cell; empty where nothing is.
std::string text_problem(const std::string& cell) {
  if (!is_line(cell)) return "wants UTF-8 without control characters";
  if (!cell.empty() && (cell.front() == ' ' || cell.back() == ' ')) {
    return "wants no blank at either end";
  }
  const auto unseen = unseen_character(cell);
  return unseen.empty() ? "" : "holds " + unseen;
}

/// Files and folders bear the names of pieces.
std::string piece_problem(const std::string& name) {
  if (name.size() > kMaxNameBytes)
    return fmt::format("wants at most {} bytes", kMaxNameBytes);
  if (name.find('/') != std::string::npos) return "wants no / in it";
  return name.front() == '.' ? "wants no dot in front, which hides a file" : "";
}

bool is_split(const std::string& split) {
  return split.empty() || split == "train" || split == "validation" || split == "test";
}

}  // namespace

const std::vector<std::string>& manifest_columns() {
  static const std::vector<std::string> columns = {"piece",
                                                   "split",
                                                   "part",
                                                   "instrument",
                                                   "path",
                                                   "start_seconds",
                                                   "gain_db",
                                                   "alternative"};
  return columns;
}

ManifestRows::ManifestRows(fs::path file, const std::string& text)
    : file_(std::move(file)) {
  const auto rows = parse_csv_rows(text, file_.string());
  SEP_CHECK(!rows.empty(), "{}: is empty, wants a header", place(1));
  read_header(rows.front());
  if (!faults_.empty()) throw ErrorList(faults_);
  for (size_t i = 1; i < rows.size(); ++i) {
    if (!is_empty(rows[i])) read_row(rows[i]);
  }
}

std::string ManifestRows::place(int64_t line) const {
  return fmt::format("{}:{}", file_.string(), line);
}

bool ManifestRows::add_fault(int64_t line, const std::string& problem) {
  faults_.push_back(place(line) + ": " + problem);
  return false;
}

void ManifestRows::refuse_missing_files() {
  const auto problem_of = [](const fs::path& path) -> std::string {
    try {
      if (is_file(path)) return "";
      return path.string() + (is_there(path) ? ": is no file" : ": no such file");
    } catch (const Error& error) {
      return error.what();
    }
  };
  const auto is_missing = [&](const ManifestRow& row) {
    const auto problem = problem_of(row.path);
    return !problem.empty() && !add_fault(row.line, problem);
  };
  rows_.erase(std::remove_if(rows_.begin(), rows_.end(), is_missing), rows_.end());
}

void ManifestRows::read_header(const CsvRow& header) {
  const auto& known = manifest_columns();
  num_columns_ = header.cells.size();
  for (size_t i = 0; i < num_columns_; ++i) {
    const auto& name = header.cells[i];
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      add_fault(
          1,
          fmt::format(
              "column \"{}\": wants one of {}", shown_text(name), fmt::join(known, ", ")));
    } else if (!columns_.emplace(name, i).second) {
      add_fault(1, fmt::format("column {} stands twice", name));
    }
  }
  for (const char* name : {"piece", "part", "instrument", "path"}) {
    if (columns_.count(name) == 0) add_fault(1, fmt::format("wants a column {}", name));
  }
}

std::string ManifestRows::cell(const CsvRow& row, const std::string& column) const {
  const auto found = columns_.find(column);
  return found == columns_.end() ? "" : row.cells[found->second];
}

void ManifestRows::read_row(const CsvRow& row) {
  if (row.cells.size() != num_columns_) {
    add_fault(
        row.line,
        fmt::format(
            "wants {} cells as in the header, found {}", num_columns_, row.cells.size()));
    return;
  }
  if (!are_texts(row)) return;
  ManifestRow into;
  into.line = row.line;
  const bool holds[] = {
      read_names(row, into),
      read_path(row, into),
      read_number(row, "start_seconds", 0.0, kMaxStartSeconds, into.start_seconds),
      read_number(row, "gain_db", -kMaxGainDb, kMaxGainDb, into.gain_db)};
  if (!std::all_of(std::begin(holds), std::end(holds), [](bool one) { return one; }))
    return;
  if (into.part == kMixturePart && (into.start_seconds != 0.0 || into.gain_db != 0.0)) {
    add_fault(row.line, "the mixture wants no start_seconds and no gain_db");
    return;
  }
  rows_.push_back(std::move(into));
}

bool ManifestRows::are_texts(const CsvRow& row) {
  bool hold = true;
  for (const auto& [name, index] : columns_) {
    const auto problem = text_problem(row.cells[index]);
    if (problem.empty()) continue;
    hold = add_fault(
        row.line,
        fmt::format("{} = \"{}\": {}", name, shown_text(row.cells[index]), problem));
  }
  return hold;
}

bool ManifestRows::read_names(const CsvRow& row, ManifestRow& into) {
  into.piece = composed(cell(row, "piece"));
  into.part = composed(cell(row, "part"));
  into.split = cell(row, "split");
  into.alternative = cell(row, "alternative");
  const bool is_mixture = into.part == kMixturePart;
  const auto instrument = cell(row, "instrument");
  if (!is_mixture) into.instrument = canonical_stem_name(instrument);
  bool holds = true;
  const auto refuse = [&](const char* column, const std::string& problem) {
    if (problem.empty()) return;
    const auto& text = cell(row, column);
    holds = add_fault(row.line,
                      fmt::format("{} = \"{}\": {}", column, shown_text(text), problem));
  };
  if (into.piece.empty()) holds = add_fault(row.line, "wants a piece");
  if (!into.piece.empty()) refuse("piece", piece_problem(into.piece));
  if (into.part.empty()) holds = add_fault(row.line, "wants a part");
  if (!is_split(into.split)) refuse("split", "wants train, validation, test or nothing");
  if (is_mixture && !instrument.empty() && instrument != kMixturePart) {
    refuse("instrument", "the part called mixture is the mixture of all");
  }
  if (is_mixture || into.part.empty()) return holds;
  for (const auto& name : {into.instrument, into.part}) {
    const auto problem = stem_name_problem(name);
    if (problem.empty()) continue;
    return add_fault(
        row.line,
        fmt::format("{}: {}", name == into.instrument ? "instrument" : "part", problem));
  }
  return holds;
}

bool ManifestRows::read_path(const CsvRow& row, ManifestRow& into) {
  const fs::path path = cell(row, "path");
  if (path.empty()) return add_fault(row.line, "wants a path");
  const auto normal = path.lexically_normal();
  if (*normal.begin() == "..") {
    return add_fault(row.line,
                     fmt::format("path = \"{}\": leads out of the manifest's folder; wants "
                                 "a path from the root there",
                                 shown_text(path.string())));
  }
  into.path = file_.parent_path() / normal;
  return true;
}

bool ManifestRows::read_number(
    const CsvRow& row, const std::string& column, double low, double high, double& into) {
  const auto text = cell(row, column);
  if (text.empty()) return true;
  const auto number = parse_double(text);
  if (number && low <= *number && *number <= high) {
    into = *number;
    return true;
  }
  return add_fault(
      row.line,
      fmt::format("{} = {}: wants {} to {}", column, shown_text(text), low, high));
}

}  // namespace sep
