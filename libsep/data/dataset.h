#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "libsep/core/config.h"
#include "libsep/data/piece.h"

namespace sep {

/// Pieces that share instruments and a rate.
struct Dataset {
  std::filesystem::path root;
  std::vector<StemName> instruments;  ///< the order of tables; Bach10: violin, bassoon,
                                      ///< clarinet, saxphone; otherwise by name
  std::vector<Piece> pieces;          ///< sorted by name
  int64_t sample_rate = 0;            ///< Hz
  std::vector<std::string> notes;  ///< what a user should know, "mixture made from stems"

  /// Index of a piece, its name composed or not (core/unicode.h); throws Error that names
  /// it and the dataset.
  size_t piece_index(const std::string& name) const;
};

enum class DatasetLayout {
  kAuto,        ///< stem folders where a folder is called `mix`, `mixture` or `mixtures`
                ///< (letters of any size), else Bach10
  kBach10,      ///< a folder a piece: <piece>/<piece>.wav, <piece>/<piece>-violin.wav, …
  kStemFolder,  ///< a folder a stem: mix/<piece>.wav, violin/<piece>.wav, …
};
template <>
struct EnumNames<DatasetLayout> {
  static constexpr std::pair<DatasetLayout, std::string_view> kValues[] = {
      {DatasetLayout::kAuto, "auto"},
      {DatasetLayout::kBach10, "bach10"},
      {DatasetLayout::kStemFolder, "stem_folder"}};
};

/// Opens a dataset and checks every header: only headers are read. `.wav` or `.flac`.
/// Every fault of the folder is found before it throws ErrorList, one line a fault, each
/// beginning with the path: a missing or unreadable file, another length, rate or channel
/// count, two files for one stem, an instrument whose name a file cannot have
/// (stem_name_problem()). A missing mixture is no
/// fault but a note. Throws Error where the folder is not there or holds no piece.
Dataset open_dataset(const std::filesystem::path& root,
                     DatasetLayout layout = DatasetLayout::kAuto);

/// Where the pieces of an experiment are. The path is no part of its identity: leave it
/// empty in a config that others are to run.
struct DataOptions {
  std::string path;  ///< the dataset; empty: --data or $BACH10_ROOT
  DatasetLayout layout = DatasetLayout::kAuto;  ///< named where kAuto would be wrong: a
                                                ///< stem folder without mixtures

  template <class Archive>
  void visit(Archive& archive) {
    archive("path", path);
    archive("layout", layout);
  }
};

/// $BACH10_ROOT; empty where it is not set.
std::filesystem::path default_dataset_root();

/// The dataset of `above` where it is given, then of the options, then of $BACH10_ROOT.
/// Throws Error where none is given, where the folder is not there or holds no piece;
/// ErrorList with a line for each fault of its files.
Dataset open_chosen_dataset(const DataOptions& options, const std::filesystem::path& above);

}  // namespace sep
