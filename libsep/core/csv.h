#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace sep {

/// A table of text cells; rows are as long as the header.
struct CsvTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;

  /// Index of a column; throws Error that names it.
  size_t column(const std::string& name) const;
};

/// The table as RFC 4180 text with "\n" line ends: cells with a comma, a quote, a
/// line end or a byte order mark are quoted. Throws Error for a row of another length
/// than the header.
std::string to_csv(const CsvTable& table);

/// to_csv(), written atomically (write_file_atomically).
void write_csv(const std::filesystem::path& path, const CsvTable& table);

/// Reads what write_csv() and spreadsheets write: "\r\n" or "\n", quoted cells, an
/// UTF-8 byte order mark. Throws Error with file and line on a row of another length
/// than the header or an open quote.
CsvTable read_csv(const std::filesystem::path& path);

/// The same for text; `name` stands for the file in messages.
CsvTable parse_csv(const std::string& text, const std::string& name);

/// A row as it lies in a file.
struct CsvRow {
  int64_t line = 0;  ///< where it begins, from 1
  std::vector<std::string> cells;
};

/// All rows, the header among them, of whatever lengths: for who wants to report every
/// fault. Throws Error with file and line for quotes that do not hold alone.
std::vector<CsvRow> parse_csv_rows(const std::string& text, const std::string& name);

/// Six decimals, no negative zero; `inf`, `-inf`, `nan`.
std::string format_number(double value);

}  // namespace sep
