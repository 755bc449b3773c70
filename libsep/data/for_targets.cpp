#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/data/dataset.h"

namespace sep {
namespace {

using Names = std::set<StemName>;

/// Gives whether there were some.
bool drop_others(Piece& piece, const Names& targets) {
  const auto begin =
      std::remove_if(piece.parts.begin(), piece.parts.end(), [&](const Part& part) {
        return targets.count(part.instrument) == 0;
      });
  if (begin == piece.parts.end()) return false;
  piece.parts.erase(begin, piece.parts.end());
  piece.mixture.clear();
  piece.mixture_shape = {};
  return true;
}

void leave_out_pieces(Dataset& dataset, const Names& targets) {
  std::vector<std::string> names;
  std::vector<Piece> kept;
  for (auto& piece : dataset.pieces) {
    const bool any = std::any_of(targets.begin(), targets.end(), [&](const auto& name) {
      return has_instrument(piece, name);
    });
    if (any) {
      kept.push_back(std::move(piece));
    } else {
      names.push_back(piece.name);
    }
  }
  SEP_CHECK(!kept.empty(),
            "{}: no piece holds any of {}",
            dataset.root.string(),
            fmt::join(targets, ", "));
  dataset.pieces = std::move(kept);
  if (names.empty()) return;
  dataset.notes.push_back(fmt::format("{} {} none of {} and {} left out: {}",
                                      names.size(),
                                      names.size() == 1 ? "piece holds" : "pieces hold",
                                      fmt::join(targets, ", "),
                                      names.size() == 1 ? "is" : "are",
                                      fmt::join(names, ", ")));
}

}  // namespace

Dataset for_targets(Dataset dataset, const std::vector<StemName>& targets, Others others) {
  const Names wanted(targets.begin(), targets.end());
  leave_out_pieces(dataset, wanted);
  if (others == Others::kKeep) return dataset;
  int64_t num_pieces = 0;
  for (auto& piece : dataset.pieces) num_pieces += drop_others(piece, wanted) ? 1 : 0;
  auto& names = dataset.instruments;
  names.erase(std::remove_if(names.begin(),
                             names.end(),
                             [&](const auto& name) { return wanted.count(name) == 0; }),
              names.end());
  if (num_pieces > 0) {
    dataset.notes.push_back(
        fmt::format("other instruments than {} are dropped: {} {} made as the sum of the "
                    "stems, clipped to full scale",
                    fmt::join(wanted, ", "),
                    num_pieces,
                    num_pieces == 1 ? "mixture is" : "mixtures are"));
  }
  return dataset;
}

}  // namespace sep
