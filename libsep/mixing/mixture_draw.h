#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "libsep/core/config.h"
#include "libsep/data/piece.h"

namespace sep {

/// How training mixtures are made from pieces: coherent mixtures after scaper as the
/// published experiment used it (docs/protocol.md, "Mixtures").
struct MixtureOptions {
  int64_t num_train = 10;           ///< mixtures a fold for training; 1 … 1e6
  int64_t num_validation = 10;      ///< and for validation; 1 … 1e6
  int64_t first_seed = 0;           ///< mixture i uses seed first_seed + i; 0 … 2^32-1
  double seconds = 25.0;            ///< length of a mixture; above 0, at most 3600
  double max_source_seconds = 7.0;  ///< latest start in the piece; 0 … 3600
  Range time_stretch = {0.8, 1.2};  ///< factor on duration; 0.01 … 10 (SoX's)
  Range pitch_semitones = {-2.0, 2.0};  ///< shift; -36 … 36
  Range snr_db = {-5.0, 5.0};     ///< level of a stem above reference_lufs; -100 … 100
  double reference_lufs = -20.0;  ///< integrated loudness at an SNR of 0; -70 … 0
  double fade_seconds = 0.01;     ///< at both ends of a stem; 0 … seconds / 2

  // Beyond the published experiment, for training only: validation mixtures are always
  // coherent, complete and the same (published_rules()).
  bool coherent = true;        ///< stems from one place of one piece, or each from its own
  Range gain_db = {0.0, 0.0};  ///< level of a whole mixture; -100 … 100
  double drop_stem_chance = 0.0;  ///< of each stem to be silent; 0 … 1, one always stays
  bool renew_each_epoch = false;  ///< epoch e (from 0) has the seeds from
                                  ///< first_seed + e num_train on

  /// The same without what is beyond the published experiment.
  MixtureOptions published_rules() const;

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
    archive("coherent", coherent);
    archive("gain_db", gain_db);
    archive("drop_stem_chance", drop_stem_chance);
    archive("renew_each_epoch", renew_each_epoch);
  }
};

/// Where a stem is taken from, and what is done to it.
struct StemEvent {
  std::string piece;
  double source_time = 0.0;     ///< s, start in the piece
  double event_duration = 0.0;  ///< s taken from the piece
  double pitch_shift = 0.0;     ///< semitones
  double time_stretch = 1.0;    ///< factor on duration
};

/// What chance decided about one mixture; the fields of draws.csv. The event is that of
/// all stems where they are coherent, and empty where they are not.
struct MixtureDraw : StemEvent {
  int64_t seed = 0;
  std::map<StemName, double> snr;        ///< dB
  std::map<StemName, StemEvent> events;  ///< each stem's own; empty where coherent
  double gain_db = 0.0;                  ///< on the whole mixture
  std::set<StemName> dropped;            ///< stems left silent

  /// Where a stem comes from, coherent or not.
  const StemEvent& event(const StemName& stem) const;

  /// What a stem is rendered at: its SNR and the mixture's gain.
  double level_db(const StemName& stem) const { return snr.at(stem) + gain_db; }
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
///
/// What is beyond the published experiment has random streams of its own, so that it
/// moves none of these draws: for incoherent mixtures one a stem, for its piece, stretch,
/// source time and pitch; one for the gain; one for which stems are dropped. Where all
/// would be, one of them is kept.
MixtureDraw draw_mixture(const MixtureOptions& options,
                         const std::vector<PieceLength>& pieces,
                         const std::vector<StemName>& stems,
                         uint32_t seed);

}  // namespace sep
