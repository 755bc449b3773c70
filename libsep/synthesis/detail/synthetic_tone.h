#pragma once

#include <cstdint>
#include <vector>

#include "libsep/core/random.h"
#include "libsep/core/signal.h"

namespace sep::tones {

/// The sound of a synthetic instrument: harmonics h = 1, 2, … of the pitch f with
/// amplitudes
///
///   h^-slope  *  (h even: even_gain)  *  (1 + formant_gain exp(-(log2(h f / formant_hz) /
///   formant_octaves)^2))
struct Timbre {
  double slope = 1.0;            ///< 1: 6 dB an octave
  double even_gain = 1.0;        ///< 0: odd harmonics only
  double formant_hz = 1000.0;    ///< centre of the resonance
  double formant_gain = 0.0;     ///< of the resonance, above 1; 0: none
  double formant_octaves = 1.0;  ///< its half width
  double attack_seconds = 0.03;  ///< rise
  double decay_seconds = 2.0;    ///< time constant of the fall after the attack
  double vibrato_cents = 0.0;    ///< depth, to either side
};

/// One note; times in samples.
struct Note {
  int64_t begin = 0;
  int64_t end = 0;      ///< past the last sample; the sound has died away by then
  double pitch = 69.0;  ///< MIDI, 69 is 440 Hz; fractions are cents
  double gain = 1.0;
};

/// The notes as a mono signal of `num_samples`, by adding up harmonics below 0.45 times
/// the rate, with a little noise that follows the notes (45 dB below them). No level:
/// the caller sets it. Throws Error for a note that is not within the signal.
Signal render_notes(const Timbre& timbre,
                    const std::vector<Note>& notes,
                    int64_t num_samples,
                    int64_t sample_rate,
                    RandomStream& random);

}  // namespace sep::tones
