#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "libsep/core/config.h"
#include "libsep/core/kind.h"
#include "libsep/data/layout.h"
#include "libsep/data/piece.h"

namespace sep {

/// Pieces of one rate.
struct Dataset {
  std::filesystem::path root;
  std::vector<StemName> instruments;  ///< that any piece has, in the order of tables;
                                      ///< Bach10: violin, bassoon, clarinet, saxphone;
                                      ///< otherwise by name
  std::vector<Piece> pieces;          ///< sorted by name
  int64_t sample_rate = 0;            ///< Hz
  std::vector<std::string> notes;  ///< what a user should know, "mixture made from stems"

  /// Index of a piece, its name composed or not (core/unicode.h); throws Error that names
  /// it and the dataset.
  size_t piece_index(const std::string& name) const;
};

/// What becomes of a piece that lacks an instrument which another piece has.
enum class MissingStems {
  kRefuse,  ///< a fault: mostly a file is lost, or misspelt
  kAllow,   ///< a note: the pieces differ in instruments
};
template <>
struct EnumNames<MissingStems> {
  static constexpr std::pair<MissingStems, std::string_view> kValues[] = {
      {MissingStems::kRefuse, "refuse"}, {MissingStems::kAllow, "allow"}};
};

/// Where the pieces of an experiment are, and how they are read. The path is no part of its
/// identity: leave it empty in a config that others are to run.
struct DataOptions {
  std::string path;              ///< the dataset; empty: --data or $BACH10_ROOT
  Kind<layouts> layout{"auto"};  ///< named where auto would be wrong: a stem folder without
                                 ///< mixtures

  /// Hz, to which files of another rate are resampled; at most 10^7. 0: that of the files,
  /// which must then be one.
  int64_t sample_rate = 0;

  MissingStems missing_stems = MissingStems::kRefuse;

  /// Throws ConfigError for a rate out of its bounds.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("path", path);
    archive.kind(layout, "layout");
    archive("sample_rate", sample_rate);
    archive("missing_stems", missing_stems);
  }
};

/// Opens a dataset and checks every header: only headers are read. `.wav` or `.flac`.
/// Every fault of the folder is found before it throws ErrorList, one line a fault, each
/// beginning with the path: a missing or unreadable file, another length, rate or channel
/// count, two files for one stem, an instrument whose name a file cannot have
/// (stem_name_problem()). A missing mixture is no fault but a note. Throws Error where the
/// folder is not there or holds no piece. Of the options all but the path are looked at.
Dataset open_dataset(const std::filesystem::path& root, const DataOptions& options = {});

/// The same with a layout of default options.
Dataset open_dataset(const std::filesystem::path& root, const std::string& layout);

/// $BACH10_ROOT; empty where it is not set.
std::filesystem::path default_dataset_root();

/// The dataset of `above` where it is given, then of the options, then of $BACH10_ROOT.
/// Throws Error where none is given, where the folder is not there or holds no piece;
/// ErrorList with a line for each fault of its files.
Dataset open_chosen_dataset(const DataOptions& options, const std::filesystem::path& above);

}  // namespace sep
