#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "libsep/core/config.h"
#include "libsep/core/kind.h"
#include "libsep/data/layout.h"

namespace sep {

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

/// What the pieces of a root are for.
enum class DataUse {
  kTrain,  ///< training alone, that of every fold
  kFolds,  ///< all that a fold does: they are trained on, validated on and tested by turns
};
template <>
struct EnumNames<DataUse> {
  static constexpr std::pair<DataUse, std::string_view> kValues[] = {
      {DataUse::kTrain, "train"}, {DataUse::kFolds, "folds"}};
};

/// What becomes of files of a piece that differ in length.
enum class Lengths {
  kRefuse,  ///< a fault: mostly one is cut short or of another piece
  kTrim,    ///< the piece ends with the shortest
  kPad,     ///< and with the longest, zeros after the others
};
template <>
struct EnumNames<Lengths> {
  static constexpr std::pair<Lengths, std::string_view> kValues[] = {
      {Lengths::kRefuse, "refuse"}, {Lengths::kTrim, "trim"}, {Lengths::kPad, "pad"}};
};

/// What becomes of parts that no model of a run is for.
enum class Others {
  kKeep,  ///< they are in the mixture, which the models then get to hear
  kDrop,  ///< as if they were not there; their pieces' mixtures are made of the others
};
template <>
struct EnumNames<Others> {
  static constexpr std::pair<Others, std::string_view> kValues[] = {
      {Others::kKeep, "keep"}, {Others::kDrop, "drop"}};
};

/// A dataset beside the first one: synthetic pieces to train on beside Bach10.
struct FurtherData {
  std::string path;
  std::string name;  ///< before the names of its pieces; empty: the folder's or the
                     ///< manifest's
  Kind<layouts> layout{"auto"};
  DataUse use = DataUse::kTrain;
  double weight = 0.0;  ///< as DataOptions::weight

  template <class Archive>
  void visit(Archive& archive) {
    archive("path", path);
    archive("name", name, "before the names of its pieces; empty: the folder's");
    archive.kind(layout, "layout");
    archive("use", use, "train: in the training of every fold; folds: as the first's");
    archive("weight", weight, "as data.weight");
  }
};

/// Where the pieces of an experiment are, and how they are read. The paths are no part of
/// its identity: leave them empty in a config that others are to run.
struct DataOptions {
  std::string path;              ///< the dataset; empty: --data or $BACH10_ROOT
  Kind<layouts> layout{"auto"};  ///< named where auto would be wrong: a stem folder without
                                 ///< mixtures

  /// Hz, to which files of another rate are resampled; at most 10^7. 0: that of the files,
  /// which must then be one.
  int64_t sample_rate = 0;

  MissingStems missing_stems = MissingStems::kRefuse;

  Lengths lengths = Lengths::kRefuse;  ///< of pieces whose files have no starts

  /// Instruments of all datasets by the names they have there, and what they are called
  /// instead; several may get one name, and are one stem then. Names match wholly or not.
  NameMap map;
  Others others = Others::kKeep;

  /// How often a segment is of this root and not of the `also` ones, all of which then have
  /// a weight too: 1 against 3 is every fourth, however many pieces they have. Above 0, at
  /// most a million. 0, and so everywhere: any piece is as likely as another.
  double weight = 0.0;

  std::vector<FurtherData> also;

  /// Throws ConfigError for a number out of its bounds, for a name that no instrument can
  /// have, or that one spelt in two ways is to have besides another, and where some roots
  /// have a weight and others none.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("path", path);
    archive.kind(layout, "layout");
    archive("sample_rate", sample_rate);
    archive("missing_stems", missing_stems);
    archive("lengths", lengths, "files of a piece that differ in length");
    archive("map", map, "what instruments are called instead, {vn: violin, …}");
    archive("others", others, "parts that no model of a run is for");
    archive(
        "weight", weight, "how often segments are of this dataset; 0: all pieces alike");
    archive("also", also, "further datasets");
  }
};

/// $BACH10_ROOT; empty where it is not set.
std::filesystem::path default_dataset_root();

/// The options with the paths of `above`, as given with --data, in front of their own: the
/// first that of the dataset, each more that of the next of `also`, which grows where there
/// are more. Where neither gives the first it is $BACH10_ROOT. Throws Error where there
/// is none, and where a further one has no path.
DataOptions chosen_data(const DataOptions& options,
                        const std::vector<std::filesystem::path>& above);

/// For who keeps them.
DataOptions with_absolute_paths(DataOptions options);

/// The paths, the dataset's first.
std::vector<std::string> data_paths(const DataOptions& options);

}  // namespace sep
