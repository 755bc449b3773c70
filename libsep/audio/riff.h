#pragma once

#include <filesystem>

namespace sep {

/// Refuses a WAV file (RIFF, RIFX, RF64) in which a part of a LIST chunk says that it has
/// 2 GiB or more: libsndfile, up to 1.2 at least, takes such a length for a negative one,
/// goes back and reads the same parts for ever. Anything else is left to it, also a file
/// that is not there. Throws Error with the path and the length.
void check_riff_lists(const std::filesystem::path& path);

}  // namespace sep
