#pragma once

#include <filesystem>
#include <vector>

#include "libsep/core/signal.h"
#include "libsep/data/piece.h"

namespace sep {

/// A file of a piece at the piece's rate. Throws Error where it is not as its shape says,
/// which for zeros is the piece's own, or has another number of channels.
Signal read_file_of(const Piece& piece,
                    const std::filesystem::path& path,
                    const FileShape& shape);

/// The same signal where it has that rate already.
Signal at_rate(Signal signal, int64_t sample_rate);

/// The part's files, at the piece's rate and as many as it has, added up as Part says.
Signal sum_files(const Piece& piece, const Part& part, std::vector<Signal> files);

/// Reads and adds up. Throws Error as read_file_of().
Signal read_part(const Piece& piece, const Part& part);

/// The mixture's file as if it were a part: a resampled one may be a sample longer or
/// shorter than the piece.
Part mixture_part(const Piece& piece);

}  // namespace sep
