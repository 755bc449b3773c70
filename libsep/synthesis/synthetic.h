#pragma once

#include <cstdint>
#include <filesystem>

#include "libsep/core/progress.h"

namespace sep {

/// Pieces made by rule, laid out as Bach10, so that tests and the quickstart need no
/// recordings: four stems of known level whose partials a mask can tell apart.
struct SyntheticOptions {
  int64_t num_pieces = 10;      ///< 1 … 99
  double seconds = 30.0;        ///< of each piece; 0.5 … 600
  int64_t sample_rate = 44100;  ///< Hz; 8000 … 192000
  uint64_t seed = 1;            ///< the same seed gives the same bytes

  /// Throws ConfigError that names the field, its value and its bound.
  void validate() const;
};

/// Writes `root`/01-Synthetic/01-Synthetic.wav and so on: mono int16, stems at -20.9 dBFS
/// RMS, the mixture their sum, clipped where it exceeds full scale, as Bach10's are.
///
/// A piece is a row of triads of a major key, 0.3 to 1 s each, that all four play:
///
///     violin     E4 … A5   bright, vibrato            clarinet   A3 … D5   odd harmonics
///     saxphone   D3 … F4   resonance at 1100 Hz       bassoon    C2 … E3   dark; the roots
///
/// each a little late, out of tune and unequally loud, with a little noise. Each piece
/// has a random stream of its own: piece k is the same in a larger set.
///
/// Pieces appear in `root` all at once, at the end. Throws Error where `root` holds
/// anything but hidden files already.
void synthesize_pieces(const std::filesystem::path& root,
                       const SyntheticOptions& options,
                       Progress& progress);

}  // namespace sep
