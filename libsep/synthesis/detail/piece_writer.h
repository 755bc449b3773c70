#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "libsep/core/progress.h"
#include "libsep/core/signal.h"
#include "libsep/data/piece.h"

/// What all generated datasets have in common: levels, names, all or nothing. For use
/// inside this layer.
namespace sep {

/// -20.9 dBFS RMS, as Bach10's are; of more than four stems what gives the mixture the
/// level that it has of four, sqrt(4/S) of that. Linear.
double level_of_stems(size_t num_stems);

/// Scales a stem to an RMS and rounds it to int16, so that the mixture is the sum of what
/// the files hold. Silence stays silence.
void level_to_int16(Signal& stem, double level);

/// Writes the piece as `folder`/<name>.wav and `folder`/<name>-<stem>.wav, mono int16,
/// where <name> is the folder's; makes the folder. `format`: wav or flac.
void write_piece(const std::filesystem::path& folder,
                 const PieceAudio& audio,
                 const std::string& format = "wav");

/// Calls `write(i, unfinished)` for i = 0 … num_pieces-1, `num_side_by_side` at a time
/// (parallel_for()), each of which writes the folder of one piece into `unfinished` and
/// returns its name. Then all folders are moved into
/// `root` at once; where a call throws, or the user stops it (Interrupted), none is.
/// Throws Error where `root` is a file or holds anything but hidden files already.
void write_all_pieces(
    const std::filesystem::path& root,
    int64_t num_pieces,
    int64_t num_side_by_side,
    Progress& progress,
    const std::function<std::string(int64_t, const std::filesystem::path&)>& write);

}  // namespace sep
