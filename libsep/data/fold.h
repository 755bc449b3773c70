#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libsep/data/dataset.h"

namespace sep {

/// A split of a dataset by piece; the numbers are indices into Dataset::pieces.
struct Fold {
  int64_t index = 1;  ///< from 1; folder fold-01
  std::vector<size_t> train;
  std::vector<size_t> validation;
  std::vector<size_t> test;
};

/// Fold k of n tests piece k, validates on the piece before it in a circle and trains
/// on the others. Throws Error for fewer than three pieces.
std::vector<Fold> leave_one_out(size_t num_pieces);

/// Who decides which pieces a fold trains on, validates on and tests.
enum class SplitSource {
  kPieces,   ///< the keys beside: k folds, fixed lists, or leave-one-out
  kDataset,  ///< the dataset, in one fold: Piece::split
};
template <>
struct EnumNames<SplitSource> {
  static constexpr std::pair<SplitSource, std::string_view> kValues[] = {
      {SplitSource::kPieces, "pieces"}, {SplitSource::kDataset, "dataset"}};
};

/// How the pieces of a dataset are split: leave-one-out where nothing is given.
struct SplitOptions {
  SplitSource from = SplitSource::kPieces;

  int64_t k = 0;  ///< so many folds, each of which tests a part of the pieces; at least 3
  int64_t seed = 0;  ///< of the order in which pieces are dealt to the k parts; at least 0

  // Fixed lists of piece names, one fold.
  std::vector<std::string> train;       ///< empty: all that the other two do not name
  std::vector<std::string> validation;  ///< at least one; with `from: dataset` those that
                                        ///< are validated on besides the dataset's own
  std::vector<std::string> test;        ///< empty: none, and sep-eval has nothing to score

  /// Whether no list is given.
  bool empty() const { return train.empty() && validation.empty() && test.empty(); }

  /// Throws ConfigError for lists without a piece to validate on, a piece that stands
  /// twice, k and seed out of their bounds, and two ways at once.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("from", from, "pieces: as the keys beside say; dataset: its own split");
    archive("k", k, "folds that test a part of the pieces each; 0: leave-one-out");
    archive("seed", seed, "of the parts of k folds");
    archive("train", train, "piece names; empty: all that the other two do not name");
    archive("validation", validation, "piece names; all three empty: leave-one-out");
    archive("test", test, "piece names; empty: none");
  }
};

/// The folds of a dataset, each set in its order:
///
///     leave-one-out  as many as pieces (leave_one_out())
///     k              the pieces, shuffled by the seed, are dealt to k parts one by one;
///     fold
///                    j tests part j and validates on the part before it, in a circle
///     lists          one fold (index 1)
///     dataset        one fold: pieces of its own train, validation and test; those of none
///                    are left out, and those of split.validation are only validated on
///
/// Pieces of roots that are for training alone (DataUse) stand in the training of each fold
/// and nowhere else; the others are meant above. Throws Error for a piece the dataset
/// lacks, for lists that share a piece, none to validate or none to train on, for one of a
/// root for training to validate on or test, for fewer than three or k pieces, and for a
/// dataset's split that lacks one of the three.
std::vector<Fold> make_folds(const Dataset& dataset, const SplitOptions& split);

/// "all" or "1,3-5" as numbers; empty for all. Throws Error with the text, for a fold
/// above `num_folds` too.
std::vector<int64_t> parse_folds(const std::string& text, int64_t num_folds);

}  // namespace sep
