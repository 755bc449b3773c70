#include "libsep/core/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

void append_cell(std::string& text, const std::string& cell) {
  // A byte order mark in quotes does not stand at a file's beginning.
  const bool has_mark = cell.compare(0, kByteOrderMark.size(), kByteOrderMark) == 0;
  if (!has_mark && cell.find_first_of(",\"\r\n") == std::string::npos) {
    text += cell;
    return;
  }
  text += '"';
  for (const char c : cell) text.append(c == '"' ? 2 : 1, c);
  text += '"';
}

void append_row(std::string& text, const std::vector<std::string>& row) {
  // An empty line would be no row to many readers.
  if (row.size() == 1 && row[0].empty()) text += "\"\"";
  for (size_t i = 0; i < row.size(); ++i) {
    if (i > 0) text += ',';
    append_cell(text, row[i]);
  }
  text += '\n';
}

class CsvReader {
 public:
  CsvReader(std::string_view text, std::string name) : text_(text), name_(std::move(name)) {
    if (text_.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
      text_.remove_prefix(kByteOrderMark.size());
    }
  }

  std::vector<CsvRow> read() {
    std::vector<CsvRow> rows;
    while (!at_end()) {
      const int64_t line = line_;
      rows.push_back({line, read_row()});
    }
    return rows;
  }

 private:
  bool at_end() const { return place_ == text_.size(); }
  char here() const { return text_[place_]; }

  bool skip(std::string_view token) {
    if (text_.substr(place_, token.size()) != token) return false;
    place_ += token.size();
    return true;
  }

  std::vector<std::string> read_row() {
    std::vector<std::string> row;
    do {
      row.push_back(!at_end() && here() == '"' ? read_quoted() : read_plain());
    } while (skip(","));
    if (!at_end() && !skip("\r\n") && !skip("\n")) {
      fail(line_, "wants a comma or the end of the line after a closing quote");
    }
    ++line_;
    return row;
  }

  std::string read_plain() {
    const size_t begin = place_;
    while (!at_end() && here() != ',' && here() != '\n' &&
           text_.substr(place_, 2) != "\r\n") {
      ++place_;
    }
    return std::string(text_.substr(begin, place_ - begin));
  }

  std::string read_quoted() {
    const int64_t first_line = line_;
    std::string cell;
    skip("\"");
    while (true) {
      if (at_end()) fail(first_line, "a quote is not closed");
      if (skip("\"\"")) {
        cell += '"';
      } else if (skip("\"")) {
        return cell;
      } else {
        line_ += here() == '\n' ? 1 : 0;
        cell += text_[place_++];
      }
    }
  }

  [[noreturn]] void fail(int64_t line, const std::string& problem) const {
    throw Error(fmt::format("{}:{}: {}", name_, line, problem));
  }

  std::string_view text_;
  std::string name_;
  size_t place_ = 0;
  int64_t line_ = 1;
};

}  // namespace

size_t CsvTable::column(const std::string& name) const {
  const auto found = std::find(header.begin(), header.end(), name);
  SEP_CHECK(found != header.end(), "the table has no column {}", name);
  return static_cast<size_t>(found - header.begin());
}

std::string to_csv(const CsvTable& table) {
  SEP_CHECK(!table.header.empty(), "a table wants at least one column, found none");
  std::string text;
  append_row(text, table.header);
  for (size_t i = 0; i < table.rows.size(); ++i) {
    SEP_CHECK(table.rows[i].size() == table.header.size(),
              "row {} of a table has {} cells, its header {}",
              i,
              table.rows[i].size(),
              table.header.size());
    append_row(text, table.rows[i]);
  }
  return text;
}

void write_csv(const std::filesystem::path& path, const CsvTable& table) {
  write_file_atomically(path, to_csv(table));
}

CsvTable read_csv(const std::filesystem::path& path) {
  return parse_csv(read_file(path), path.string());
}

CsvTable parse_csv(const std::string& text, const std::string& name) {
  auto rows = parse_csv_rows(text, name);
  SEP_CHECK(!rows.empty(), "{}:1: is empty, wants a header", name);
  CsvTable table;
  table.header = std::move(rows.front().cells);
  for (size_t i = 1; i < rows.size(); ++i) {
    SEP_CHECK(rows[i].cells.size() == table.header.size(),
              "{}:{}: wants {} cells as in the header, found {}",
              name,
              rows[i].line,
              table.header.size(),
              rows[i].cells.size());
    table.rows.push_back(std::move(rows[i].cells));
  }
  return table;
}

std::vector<CsvRow> parse_csv_rows(const std::string& text, const std::string& name) {
  return CsvReader(text, name).read();
}

std::string format_number(double value) {
  if (std::isnan(value)) return "nan";
  std::string text = fmt::format("{:.6f}", value);
  return text == "-0.000000" ? "0.000000" : text;
}

}  // namespace sep
