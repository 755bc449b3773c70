#include "libsep/data/manifest.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/text.h"
#include "libsep/data/detail/inspection.h"
#include "libsep/data/detail/manifest_rows.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxBytes = int64_t{1} << 28;

/// Those of one part or of a mixture, by alternative in the order of the file.
using Alternatives = std::vector<std::vector<const ManifestRow*>>;

Alternatives by_alternative(const std::vector<const ManifestRow*>& rows) {
  Alternatives groups;
  for (const auto* row : rows) {
    auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& one) {
      return one.front()->alternative == row->alternative;
    });
    if (group == groups.end()) group = groups.emplace(groups.end());
    group->push_back(row);
  }
  return groups;
}

/// Puts the pieces together from sound rows.
class ManifestPieces {
 public:
  ManifestPieces(const ManifestOptions& options, const ManifestRows& rows)
      : options_(options), rows_(rows) {
    found_.root = rows.file();
    found_.faults = rows.faults();
    found_.may_differ = true;
    found_.place_of = [file = rows.file()](const std::string& piece, const StemName& stem) {
      return fs::path(fmt::format("{}: {}, {}", file.string(), piece, stem));
    };
  }

  FoundDataset make() {
    std::map<std::string, std::vector<const ManifestRow*>> pieces;
    for (const auto& row : rows_.rows()) pieces[row.piece].push_back(&row);
    for (const auto& [name, rows] : pieces) add_piece(name, rows);
    SEP_CHECK(options_.alternative.empty() || is_chosen_,
              "{}: no part has the alternative {}",
              rows_.file().string(),
              shown_text(options_.alternative));
    if (num_passed_over_ > 0) {
      found_.notes.push_back(fmt::format("alternatives: of {} {} one is read",
                                         num_passed_over_,
                                         num_passed_over_ == 1 ? "part" : "parts"));
    }
    return std::move(found_);
  }

 private:
  template <class... Args>
  void fault(const ManifestRow& row, fmt::format_string<Args...> text, Args&&... args) {
    found_.faults.push_back(rows_.place(row.line) + ": " +
                            fmt::format(text, std::forward<Args>(args)...));
  }

  void add_piece(const std::string& name, const std::vector<const ManifestRow*>& rows) {
    Piece piece;
    piece.name = name;
    piece.split = rows.front()->split;
    std::map<std::string, std::vector<const ManifestRow*>> parts;
    for (const auto* row : rows) {
      parts[row->part].push_back(row);
      if (row->split == piece.split) continue;
      fault(*row,
            "split of {} = {}: line {} has {}",
            shown_text(name),
            quoted(row->split),
            rows.front()->line,
            quoted(piece.split));
    }
    for (const auto& [id, of_part] : parts) {
      const auto chosen = choose(of_part);
      for (const auto* row : chosen) found_.listed_at[row->path] = rows_.place(row->line);
      id == kMixturePart ? add_mixture(piece, chosen) : add_files(piece, id, chosen);
    }
    found_.pieces.push_back(std::move(piece));
  }

  std::vector<const ManifestRow*> choose(const std::vector<const ManifestRow*>& rows) {
    auto groups = by_alternative(rows);
    if (groups.size() > 1) ++num_passed_over_;
    for (auto& group : groups) {
      if (options_.alternative.empty()) break;
      if (group.front()->alternative != options_.alternative) continue;
      is_chosen_ = true;
      return std::move(group);
    }
    return std::move(groups.front());
  }

  void add_mixture(Piece& piece, const std::vector<const ManifestRow*>& rows) {
    piece.mixture = rows.front()->path;
    for (size_t i = 1; i < rows.size(); ++i) {
      fault(*rows[i],
            "{} has a mixture at line {} already",
            shown_text(piece.name),
            rows.front()->line);
    }
  }

  void add_files(Piece& piece,
                 const std::string& id,
                 const std::vector<const ManifestRow*>& rows) {
    Part part{id, rows.front()->instrument, {}};
    std::map<std::pair<fs::path, double>, int64_t> seen;
    for (const auto* row : rows) {
      if (row->instrument != part.instrument) {
        fault(*row,
              "part {} is {}: line {} has {}",
              shown_text(id),
              shown_text(row->instrument),
              rows.front()->line,
              shown_text(part.instrument));
      }
      const auto [before, is_new] =
          seen.emplace(std::pair(row->path, row->start_seconds), row->line);
      if (!is_new) {
        fault(*row,
              "part {} has {} at line {} already",
              shown_text(id),
              shown_text(row->path.filename().string()),
              before->second);
      }
      PartFile file{row->path, std::pow(10.0, row->gain_db / 20.0)};
      file.start_seconds = row->start_seconds;
      part.files.push_back(file);
    }
    add_part(piece, std::move(part));
  }

  static std::string quoted(const std::string& split) {
    return split.empty() ? "none" : split;
  }

  const ManifestOptions& options_;
  const ManifestRows& rows_;
  FoundDataset found_;
  int64_t num_passed_over_ = 0;
  bool is_chosen_ = false;
};

FoundDataset pieces_of(const ManifestOptions& options, const ManifestRows& rows) {
  SEP_CHECK(!rows.rows().empty() || !rows.faults().empty(),
            "{}: wants a row a file, found none",
            rows.file().string());
  if (rows.rows().empty()) throw ErrorList(rows.faults());
  return ManifestPieces(options, rows).make();
}

/// Below the folder from there, else from the root.
std::string shown_path(const fs::path& path, const fs::path& folder) {
  const auto relative = absolute_path(path).lexically_relative(folder);
  const bool is_below = !relative.empty() && *relative.begin() != "..";
  return (is_below ? relative : absolute_path(path)).generic_string();
}

std::string shown_gain(const Piece& piece, const Part& part, const PartFile& file) {
  SEP_CHECK(
      file.gain > 0.0 && std::isfinite(file.gain) && file.start == 0,
      "piece {}: part {} has gain {} and start {}: a manifest wants a gain above 0 and "
      "a start in seconds",
      shown_text(piece.name),
      shown_text(part.id),
      file.gain,
      file.start);
  return file.gain == 1.0 ? "" : fmt::format("{:.12g}", 20.0 * std::log10(file.gain));
}

}  // namespace

FoundDataset find_manifest(const ManifestOptions& options, const fs::path& file) {
  SEP_CHECK(is_there(file), "{}: no such file", file.string());
  SEP_CHECK(!is_folder(file), "{}: wants a manifest, found a folder", file.string());
  ManifestRows rows(file, read_file(file, kMaxBytes));
  rows.refuse_missing_files();
  return pieces_of(options, rows);
}

FoundDataset parse_manifest(const ManifestOptions& options,
                            const std::string& text,
                            const fs::path& file) {
  return pieces_of(options, ManifestRows(file, text));
}

CsvTable describe_dataset(const fs::path& root,
                          const DataOptions& options,
                          const fs::path& file) {
  const auto found = find_pieces(root, options);
  if (!found.faults.empty()) throw ErrorList(found.faults);
  const auto folder = absolute_path(file).parent_path();
  CsvTable table{manifest_columns(), {}};
  for (const auto& piece : found.pieces) {
    const auto add_row = [&](const std::vector<std::string>& cells) {
      for (const auto& cell : cells) {
        SEP_CHECK(is_line(cell),
                  "{}: a manifest wants UTF-8 without control characters",
                  shown_text(cell));
      }
      table.rows.push_back(cells);
    };
    if (!piece.mixture.empty()) {
      const auto path = shown_path(piece.mixture, folder);
      add_row({piece.name, piece.split, kMixturePart, "", path, "", "", ""});
    }
    for (const auto& part : piece.parts) {
      for (const auto& one : part.files) {
        const auto gain = shown_gain(piece, part, one);
        const auto start =
            one.start_seconds == 0.0 ? "" : fmt::format("{}", one.start_seconds);
        const auto path = shown_path(one.path, folder);
        add_row({piece.name, piece.split, part.id, part.instrument, path, start, gain, ""});
      }
    }
  }
  return table;
}

}  // namespace sep
