#pragma once

#include <vector>

#include "libsep/core/random.h"
#include "libsep/core/signal.h"
#include "libsep/synthesis/chorale_player.h"

/// Spectra that differ from part to part and note to note. For use inside this layer.
namespace sep::music {

/// Gains in dB at half octaves from 62.5 Hz to 16 kHz, between them linear in log2(f).
inline constexpr size_t kSpectrumPoints = 17;

/// What a part's equalizer does: normal with 5 dB at each octave, less low or high
/// frequencies for some parts, and a dozen resonances.
struct Equalizer {
  std::vector<double> points_db;  ///< kSpectrumPoints
  struct Resonance {
    double hz;
    double q;
    double gain;  ///< of the band-passed signal that is added
  };
  std::vector<Resonance> resonances;
};
Equalizer draw_equalizer(double amount, RandomStream& random);

/// How the spectrum of each note differs from the part's: a tilt and points, each partial
/// on its own, and slow changes while it sounds.
struct NoteSpectrum {
  double onset_seconds = 0.0;
  double hz = 440.0;                ///< of the first partial
  std::vector<double> points_db;    ///< kSpectrumPoints
  std::vector<double> partials_db;  ///< from the first on; 0 above
};
struct TimbreHabit {
  std::vector<NoteSpectrum> notes;
  double wander_db = 0.0;  ///< standard deviation of the slow changes
};
TimbreHabit draw_timbre(const std::vector<PlayedNote>& notes,
                        double amount,
                        RandomStream& random);

/// Multiplies the short-time spectrum (2048, 512) by both, then adds the resonances. Mono,
/// in place; memory does not grow with the length. `random` makes the slow changes.
void shape_spectrum(Signal& signal,
                    const Equalizer& equalizer,
                    const TimbreHabit& timbre,
                    RandomStream& random);

}  // namespace sep::music
