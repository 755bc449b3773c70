#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "libsep/core/random.h"
#include "libsep/core/signal.h"
#include "libsep/core/stem_name.h"
#include "libsep/synthesis/chorale.h"

namespace sep::music {

/// A General MIDI program that may stand in for a player's, and what it sounds well in.
struct NearProgram {
  int program = 0;
  int lowest = 0;  ///< MIDI pitches
  int highest = 127;
};

/// Who plays a voice: an instrument and its habits.
struct ChoralePlayer {
  StemName stem;                ///< "violin"
  int program = 0;              ///< General MIDI, 0 … 127
  double vibrato_cents = 0.0;   ///< to either side, on long notes; 0: none
  double vibrato_hz = 5.5;      ///< on average
  double legato = 0.95;         ///< how much of the time to the next note sounds
  double attack_seconds = 0.0;  ///< over which expression rises
  int lowest = 0;               ///< sounding range, MIDI pitches
  int highest = 127;
  std::vector<NearProgram> near;  ///< what Variations::programs draws from besides
};

/// Violin, clarinet, saxophone and bassoon, for soprano, alto, tenor and bass, as Bach10.
const std::vector<ChoralePlayer>& chorale_players();

/// A note as it is played.
struct PlayedNote {
  int pitch = 60;  ///< MIDI
  double onset_seconds = 0.0;
  double duration_seconds = 0.0;
  int velocity = 90;   ///< 1 … 127
  double cents = 0.0;  ///< out of tune by
  double vibrato_cents = 0.0;
  double vibrato_hz = 5.5;
  double swell = 0.0;           ///< expression falls to 1 - swell towards the note's end
  double vibrato_delay = 0.15;  ///< seconds
  double vibrato_rise = 0.25;   ///< seconds
  int key_shift = 0;  ///< semitones from the pitch to the key whose recording is bent to it

  static constexpr double kCurveSeconds = 0.002;
  std::vector<float> pitch_curve;  ///< cents besides, every kCurveSeconds from the onset
};

/// Plays a voice of a score as people do. Onsets are normally distributed about the
/// conducted ones (standard deviation 13 ms, at most 35); notes end a little before the
/// next begins; levels follow the phrase, with some chance; the instrument is out of tune
/// by some cents as a whole, each note by some more; vibrato on notes longer than 0.35 s.
/// Onsets ascend, and no note sounds beyond the piece. Throws Error for a voice that is not
/// there.
std::vector<PlayedNote> perform_voice(const Chorale& chorale,
                                      size_t voice,
                                      const ChoralePlayer& player,
                                      RandomStream& random);

/// The sound of the notes, mono, `num_samples` at `sample_rate` (8000 … 96000 Hz), by
/// FluidSynth without reverb and chorus. Events fall on multiples of 64 samples. The same
/// notes give the same samples; any number of threads may render at once. No level: the
/// caller sets it.
///
/// Throws Error, naming the sound font: not there, no sound font, without the player's
/// instrument; for another rate, and num_samples below 0; and where libsep was built
/// without FluidSynth.
Signal render_voice(const std::filesystem::path& sound_font,
                    const ChoralePlayer& player,
                    const std::vector<PlayedNote>& notes,
                    int64_t num_samples,
                    int64_t sample_rate);

/// While what it returns lives, the recordings of these programs stay in memory, and
/// render_voice() with that sound font reads and decodes none of them. Throws Error, naming
/// the sound font: not there, no sound font, without one of the programs, which then is of
/// `stem`; and where libsep was built without FluidSynth.
std::shared_ptr<const void> keep_programs(const std::filesystem::path& sound_font,
                                          const StemName& stem,
                                          const std::vector<int>& programs);

}  // namespace sep::music
