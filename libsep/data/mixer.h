#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "libsep/core/config.h"
#include "libsep/core/signal.h"
#include "libsep/data/piece.h"

namespace sep {

/// How training mixtures are made from pieces: coherent mixtures after scaper as the
/// published experiment used it (docs/protocol.md, "Mixtures").
struct MixtureOptions {
  int64_t num_train = 10;           ///< mixtures a fold for training; at least 1
  int64_t num_validation = 10;      ///< and for validation; at least 1
  int64_t first_seed = 0;           ///< mixture i uses seed first_seed + i; 0 … 2^32-1
  double seconds = 25.0;            ///< length of a mixture; above 0, at most 3600
  double max_source_seconds = 7.0;  ///< latest start in the piece; 0 … 3600
  Range time_stretch = {0.8, 1.2};  ///< factor on duration; 0.01 … 10 (SoX's)
  Range pitch_semitones = {-2.0, 2.0};  ///< shift; -36 … 36
  Range snr_db = {-5.0, 5.0};     ///< level of a stem above reference_lufs; -100 … 100
  double reference_lufs = -20.0;  ///< integrated loudness at an SNR of 0; -70 … 0
  double fade_seconds = 0.01;     ///< at both ends of a stem; 0 … seconds / 2

  /// Throws ConfigError that names the field, its value and its bound.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("num_train", num_train);
    archive("num_validation", num_validation);
    archive("first_seed", first_seed);
    archive("seconds", seconds);
    archive("max_source_seconds", max_source_seconds);
    archive("time_stretch", time_stretch);
    archive("pitch_semitones", pitch_semitones);
    archive("snr_db", snr_db);
    archive("reference_lufs", reference_lufs);
    archive("fade_seconds", fade_seconds);
  }
};

/// What chance decided about one mixture; the fields of draws.csv.
struct MixtureDraw {
  int64_t seed = 0;
  std::string piece;
  double source_time = 0.0;        ///< s, start in the piece
  double event_duration = 0.0;     ///< s taken from the piece
  double pitch_shift = 0.0;        ///< semitones
  double time_stretch = 1.0;       ///< factor on duration
  std::map<StemName, double> snr;  ///< dB
};

/// One piece as draw_mixture() needs it.
struct PieceLength {
  std::string name;
  double seconds = 0.0;
};

/// The draws of one mixture, in the published order, from NumPy's legacy generator:
/// piece, stretch, source time, one SNR that is thrown away, pitch, then an SNR a stem
/// in the order of names. The event is the whole piece or `seconds`, and shorter where
/// it would be longer than `seconds` once stretched. The source time ends where the event
/// still fits into the piece; a bound of 0 draws nothing. `pieces` sorted by name;
/// `stems` sorted. Throws Error for no pieces.
MixtureDraw draw_mixture(const MixtureOptions& options,
                         const std::vector<PieceLength>& pieces,
                         const std::vector<StemName>& stems,
                         uint32_t seed);

/// A rendered mixture: all signals mono, round(seconds * rate) samples. Four stems and
/// their mixture of 25 s at 44.1 kHz are 22 MB.
struct Mixture {
  MixtureDraw draw;
  Signal mixture;
  std::map<StemName, Signal> stems;
  bool scaled_down = false;  ///< its peak was above 1, all was divided by it
};

/// Makes the stems of a draw from the audio of its piece and adds them up. Each stem, R
/// the piece's rate:
///
///     cut      samples floor(source_time R) … floor((source_time + event_duration) R) - 1
///     shift    pitch_and_stretch(); without libsox left out
///     level    to reference_lufs + snr, from its integrated loudness (at least -70 LUFS;
///              what is under 0.5 s is repeated for the measurement)
///     fade     n = round(fade_seconds R) samples at both ends, sin(pi/2 i / (n - 1))
///     fit      zeros after it, or a cut, to the length of the mixture
///
/// so that the fade at the end is lost where a stem is cut, as published. Where the
/// sum's peak is above 1, mixture and stems are divided by (peak + 1e-10). Throws Error
/// where `audio` lacks a stem of the draw.
Mixture render_mixture(const MixtureOptions& options,
                       const MixtureDraw& draw,
                       const PieceAudio& audio);

}  // namespace sep
