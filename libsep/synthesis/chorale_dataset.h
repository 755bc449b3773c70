#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "libsep/core/progress.h"
#include "libsep/synthesis/sound_font.h"
#include "libsep/synthesis/variation.h"

namespace sep {

/// Four-part chorales of our own, laid out as Bach10 (docs/chorales.md). For pieces that
/// need no sound font, see synthetic.h.
struct ChoraleOptions {
  int64_t num_pieces = 10;      ///< 1 … 9999
  double seconds = 30.0;        ///< of each piece; 2 … 600. Bach10: 25 … 42
  int64_t sample_rate = 44100;  ///< Hz; 8000 … 96000
  uint64_t seed = 1;            ///< the same seed and options give the same bytes

  /// Instruments from the highest part to the lowest, 2 to 8 (make_ensemble()).
  std::vector<std::string> players = {"violin", "clarinet", "saxphone", "bassoon"};

  /// One is drawn for each part of a piece; at least one.
  std::vector<std::filesystem::path> sound_fonts = {default_sound_font()};
  Variations variations;       ///< none by default
  std::string format = "wav";  ///< or "flac", of the same samples
  int64_t num_threads = 0;     ///< pieces at a time; 0: all there are; changes no byte

  /// Throws ConfigError that names the field, its value and its bound.
  void validate() const;
};

/// Writes `root`/01-ChoraleInGMajor/ and so on, each with
///
///     01-ChoraleInGMajor.wav           the mixture: the sum, clipped at full scale
///     01-ChoraleInGMajor-violin.wav    the soprano; clarinet alto, saxphone tenor,
///                                      bassoon bass
///     01-ChoraleInGMajor.mid           the score
///     01-ChoraleInGMajor.txt           when each note begins in audio and score
///
/// Audio is mono int16, each stem rendered alone and at -20.9 dBFS RMS. Each piece has
/// random streams of its own: piece k is the same in a larger set, but for its name: more
/// than 99 pieces are 001-…, more than 999 are 0001-…. Memory holds one piece a thread.
///
/// Pieces appear in `root` all at once, at the end. Throws Error where `root` holds
/// anything but hidden files already, for a sound font that cannot be used, and where
/// libsep was built without FluidSynth.
void synthesize_chorales(const std::filesystem::path& root,
                         const ChoraleOptions& options,
                         Progress& progress);

}  // namespace sep
