#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "libsep/mixing/segments.h"

namespace sep {

/// The groups without the pieces that `keep` refuses, and without those that are then
/// empty.
std::vector<PieceGroup> pieces_that(const std::vector<PieceGroup>& groups,
                                    const std::function<bool(size_t piece)>& keep);

size_t num_pieces(const std::vector<PieceGroup>& groups);

/// A group by its weight, where there are several, by the stream "examples/root"; of it any
/// piece alike, by "examples/piece". At least one group, none of them empty.
size_t draw_piece(const std::vector<PieceGroup>& groups,
                  uint64_t seed,
                  const std::vector<int64_t>& indices);

}  // namespace sep
