#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "libsep/core/signal.h"
#include "libsep/core/stem_name.h"

namespace sep {

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

  /// The sum of all stems but `target`, in the order of their names. Throws Error where
  /// there is no such stem, or no other.
  Signal rest(const StemName& target) const;
};

/// The mixture of a piece that comes without one: the sum of the stems in the order of
/// their names, clipped to ±1. Nothing is rounded: the sum of a few int16 stems is exact
/// in float and lies on the int16 grid already.
///
/// On Bach10 v1.1 it is the shipped mixture to -79 dB in each of the ten pieces (at most
/// 2 of 32768 away; without the clipping -55 to -79 dB).
Signal clipped_sum(const std::map<StemName, Signal>& stems);

/// Reads one stem, or all of them. Throws Error for a file that is not there or no audio,
/// is cut short, holds samples that are not finite, or is not as the piece says any more.
Signal load_stem(const Piece& piece, const StemName& stem);
std::map<StemName, Signal> load_stems(const Piece& piece);

/// Reads mixture and stems. Throws Error for the same.
PieceAudio load_piece(const Piece& piece);

}  // namespace sep
