#pragma once

#include <cstdint>
#include <string>
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

/// Fixed lists of piece names instead of leave-one-out; all three empty: none.
struct SplitOptions {
  std::vector<std::string> train;       ///< empty: all that the other two do not name
  std::vector<std::string> validation;  ///< at least one
  std::vector<std::string> test;        ///< empty: none, and sep-eval has nothing to score

  bool empty() const { return train.empty() && validation.empty() && test.empty(); }

  /// Throws ConfigError for lists without a piece to validate on, or a piece that stands
  /// twice.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("train", train, "piece names; empty: all that the other two do not name");
    archive("validation", validation, "piece names; all three empty: leave-one-out");
    archive("test", test, "piece names; empty: none");
  }
};

/// Leave-one-out, or the one fold (index 1) of fixed lists; each set in the order of the
/// dataset, whatever the order of the list. Throws Error for a piece the dataset lacks, for
/// lists that share a piece, none to validate or none to train on, and for leave-one-out
/// over fewer than three pieces.
std::vector<Fold> make_folds(const Dataset& dataset, const SplitOptions& split);

/// "all" or "1,3-5" as numbers; empty for all. Throws Error with the text, for a fold
/// above `num_folds` too.
std::vector<int64_t> parse_folds(const std::string& text, int64_t num_folds);

}  // namespace sep
