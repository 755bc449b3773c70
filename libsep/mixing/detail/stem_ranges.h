#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "libsep/core/signal.h"
#include "libsep/core/stem_name.h"
#include "libsep/data/piece.h"

namespace sep {

/// Samples [first, first + count) of a stem, (C, count); zeros where there are none. Any
/// number of threads.
using StemRanges = std::function<Signal(int64_t first, int64_t count)>;

/// Ranges of the stem that load_stem() gives, to the bit, read from its files by seeking.
/// Reads each file once to check that. Empty where a file is of another rate than the piece
/// or cannot be read so. Throws Error for a file that is not as the piece says.
StemRanges ranges_of_files(const Piece& piece, const StemName& stem);

/// Where stems lie decoded as WAV in float.
struct DecodedFolder {
  std::filesystem::path folder;  ///< empty: none
  int64_t max_bytes = 0;         ///< of all files there
};

/// The same from a file in the folder, found by the bytes of the stem's files and what is
/// done with them; made where it is not there. Where it cannot be kept, or is gone later,
/// the stem is decoded each time.
StemRanges ranges_of_decoded(const Piece& piece,
                             const StemName& stem,
                             const DecodedFolder& folder);

}  // namespace sep
