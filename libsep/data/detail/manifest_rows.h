#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "libsep/core/csv.h"
#include "libsep/core/stem_name.h"

namespace sep {

inline constexpr const char* kMixturePart = "mixture";

/// As they are written, in this order.
const std::vector<std::string>& manifest_columns();

/// A row of a manifest (data/manifest.h) that holds by itself.
struct ManifestRow {
  int64_t line = 0;
  std::string piece, split, part;
  StemName instrument;         ///< empty for the mixture
  std::filesystem::path path;  ///< the manifest's folder in front
  double start_seconds = 0.0;
  double gain_db = 0.0;
  std::string alternative;
};

/// A manifest row by row: those that hold, and a fault for each that does not.
class ManifestRows {
 public:
  /// Throws ErrorList where the header is at fault, Error for what is no CSV.
  ManifestRows(std::filesystem::path file, const std::string& text);

  const std::filesystem::path& file() const { return file_; }
  const std::vector<ManifestRow>& rows() const { return rows_; }
  const std::vector<std::string>& faults() const { return faults_; }

  /// "set.csv:7".
  std::string place(int64_t line) const;

  /// Rows whose files are not there become faults.
  void refuse_missing_files();

 private:
  void read_header(const CsvRow& header);
  void read_row(const CsvRow& row);
  std::string cell(const CsvRow& row, const std::string& column) const;
  bool are_texts(const CsvRow& row);
  bool read_names(const CsvRow& row, ManifestRow& into);
  bool read_path(const CsvRow& row, ManifestRow& into);
  bool read_number(
      const CsvRow& row, const std::string& column, double low, double high, double& into);
  /// False, so that who reads a cell may give it back.
  bool add_fault(int64_t line, const std::string& problem);

  std::filesystem::path file_;
  std::map<std::string, size_t> columns_;
  size_t num_columns_ = 0;
  std::vector<ManifestRow> rows_;
  std::vector<std::string> faults_;
};

}  // namespace sep
