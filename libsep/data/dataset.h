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

  /// Index of a piece; throws Error that names it and the dataset.
  size_t piece_index(const std::string& name) const;
};

enum class DatasetLayout {
  kAuto,        ///< stem folders where there is a folder `mix` or `mixture`, else Bach10
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
/// count, two files for one stem (inspection.h has the lines). A missing mixture is no
/// fault but a note. Throws Error where the folder is not there or holds no piece.
Dataset open_dataset(const std::filesystem::path& root,
                     DatasetLayout layout = DatasetLayout::kAuto);

/// $BACH10_ROOT; empty where it is not set.
std::filesystem::path default_dataset_root();

}  // namespace sep
