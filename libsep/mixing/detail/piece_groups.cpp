#include "libsep/mixing/detail/piece_groups.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "libsep/core/random.h"

namespace sep {
namespace {

const PieceGroup& draw_group(const std::vector<PieceGroup>& groups,
                             uint64_t seed,
                             const std::vector<int64_t>& indices) {
  if (groups.size() == 1) return groups.front();
  double sum = 0.0;
  for (const auto& group : groups) sum += group.weight;
  double place = sum * RandomStream(seed, "examples/root", indices).uniform();
  for (const auto& group : groups) {
    place -= group.weight;
    if (place < 0.0) return group;
  }
  return groups.back();
}

}  // namespace

std::vector<PieceGroup> pieces_that(const std::vector<PieceGroup>& groups,
                                    const std::function<bool(size_t piece)>& keep) {
  std::vector<PieceGroup> kept;
  for (const auto& group : groups) {
    PieceGroup some{{}, group.weight};
    std::copy_if(
        group.pieces.begin(), group.pieces.end(), std::back_inserter(some.pieces), keep);
    if (!some.pieces.empty()) kept.push_back(std::move(some));
  }
  return kept;
}

size_t num_pieces(const std::vector<PieceGroup>& groups) {
  size_t sum = 0;
  for (const auto& group : groups) sum += group.pieces.size();
  return sum;
}

size_t draw_piece(const std::vector<PieceGroup>& groups,
                  uint64_t seed,
                  const std::vector<int64_t>& indices) {
  const auto& pieces = draw_group(groups, seed, indices).pieces;
  const auto piece = RandomStream(seed, "examples/piece", indices)
                         .index(static_cast<int64_t>(pieces.size()));
  return pieces[static_cast<size_t>(piece)];
}

}  // namespace sep
