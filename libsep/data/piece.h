#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "libsep/core/signal.h"

namespace sep {

/// An instrument of a dataset, "violin"; its reference recording is a stem.
using StemName = std::string;

/// A recording: where its mixture and stems lie. All have one rate and length, mono.
struct Piece {
  std::string name;               ///< "01-AchGottundHerr"
  std::filesystem::path mixture;  ///< empty: made as the sum of the stems, clipped to ±1
  std::map<StemName, std::filesystem::path> stems;
  int64_t num_samples = 0;
  int64_t sample_rate = 0;  ///< Hz
};

/// The audio of a piece.
struct PieceAudio {
  Signal mixture;
  std::map<StemName, Signal> stems;

  /// The sum of all stems but `target`, in the order of their names.
  Signal rest(const StemName& target) const;
};

/// Reads mixture and stems. Throws Error as read_audio(), and where a file is not as
/// the piece says any more.
PieceAudio load_piece(const Piece& piece);

}  // namespace sep
