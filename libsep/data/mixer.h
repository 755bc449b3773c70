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
  int64_t num_train = 10;                 ///< mixtures a fold for training; at least 1
  int64_t num_validation = 10;            ///< and for validation; at least 1
  int64_t first_seed = 0;                 ///< mixture i uses seed first_seed + i; 0 … 2^32-1
  double seconds = 25.0;                  ///< length of a mixture; above 0
  double max_source_seconds = 7.0;        ///< latest start in the piece; at least 0
  Range time_stretch = {0.8, 1.2};        ///< factor on duration; above 0
  Range pitch_semitones = {-2.0, 2.0};    ///< shift
  Range snr_db = {-5.0, 5.0};             ///< level of a stem above reference_lufs
  double reference_lufs = -20.0;          ///< integrated loudness at an SNR of 0
  double fade_seconds = 0.01;             ///< at both ends of a stem; 0 … seconds / 2

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
  double source_time = 0.0;     ///< s, start in the piece
  double event_duration = 0.0;  ///< s taken from the piece
  double pitch_shift = 0.0;     ///< semitones
  double time_stretch = 1.0;    ///< factor on duration
  std::map<StemName, double> snr;  ///< dB
};

/// One piece as draw_mixture() needs it.
struct PieceLength {
  std::string name;
  double seconds = 0.0;
};

/// The draws of one mixture, in the published order, from NumPy's legacy generator:
/// piece, stretch, source time, one SNR that is thrown away, pitch, then an SNR a stem
/// in the order of names. `pieces` sorted by name; `stems` sorted. A source-time bound
/// of 0 draws nothing. Throws Error for no pieces.
MixtureDraw draw_mixture(const MixtureOptions& options,
                         const std::vector<PieceLength>& pieces,
                         const std::vector<StemName>& stems,
                         uint32_t seed);

/// A rendered mixture: all signals mono, round(seconds * rate) samples.
struct Mixture {
  MixtureDraw draw;
  Signal mixture;
  std::map<StemName, Signal> stems;
  bool scaled_down = false;  ///< its peak was above 1, all was divided by it
};

/// Cuts, shifts and stretches (libsox), levels, fades and pads each stem and adds them
/// up; divides all by (peak + 1e-10) where the sum's peak is above 1. Without libsox
/// shift and stretch are left out. Throws Error where `audio` lacks a stem of the draw.
Mixture render_mixture(const MixtureOptions& options,
                       const MixtureDraw& draw,
                       const PieceAudio& audio);

}  // namespace sep
