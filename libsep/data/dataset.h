#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "libsep/data/data_options.h"
#include "libsep/data/piece.h"

namespace sep {

/// Where some pieces of a dataset are from.
struct DataRoot {
  std::filesystem::path path;
  std::string name;  ///< before the names of its pieces; empty for the first
  DataUse use = DataUse::kFolds;
  double weight = 0.0;  ///< in draws of segments; 0: not given, as for all others
};

/// Pieces of one rate.
struct Dataset {
  std::filesystem::path root;   ///< the first of `roots`
  std::vector<DataRoot> roots;  ///< Piece::root is an index; empty is one that nothing
                                ///< is said of
  std::vector<StemName> instruments;  ///< that any piece of the folds has, in the order of
                                      ///< tables;
                                      ///< Bach10: violin, bassoon, clarinet, saxphone;
                                      ///< otherwise by name
  std::vector<Piece> pieces;          ///< by root and name
  int64_t sample_rate = 0;            ///< Hz
  std::vector<std::string> notes;  ///< what a user should know, "mixture made from stems"

  /// Index of a piece, its name composed or not (core/unicode.h); throws Error that names
  /// it and the dataset.
  size_t piece_index(const std::string& name) const;
};

/// Opens a dataset and checks every header: only headers are read. `.wav` or `.flac`.
/// Every fault of the folder is found before it throws ErrorList, one line a fault, each
/// beginning with the path: a missing or unreadable file, another length, rate or channel
/// count, two files for one stem, an instrument whose name a file cannot have
/// (stem_name_problem()). A missing mixture is no fault but a note. Throws Error where the
/// folder is not there or holds no piece. Of the options all but the paths are looked at.
Dataset open_dataset(const std::filesystem::path& root, const DataOptions& options = {});

/// The same with a layout of default options.
Dataset open_dataset(const std::filesystem::path& root, const std::string& layout);

/// Opens the dataset of the options and their further ones, `also`, as one: pieces of the
/// latter are called "NAME-PIECE", and instruments are those of pieces that stand in folds.
/// Throws as open_dataset() with the faults of all, and ErrorList too for roots of several
/// rates, unless the options want one, and pieces of one name.
Dataset open_data(const DataOptions& options);

/// What is left of a dataset for models of `targets`: pieces that hold one of them at
/// least, and with Others::kDrop no other instruments; where a piece loses parts, its
/// mixture is made of the rest. Notes say what was left out. Throws Error where no piece is
/// left.
Dataset for_targets(Dataset dataset, const std::vector<StemName>& targets, Others others);

/// open_data() of chosen_data().
Dataset open_chosen_dataset(const DataOptions& options,
                            const std::vector<std::filesystem::path>& above = {});

}  // namespace sep
