#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "libsep/core/signal.h"
#include "libsep/data/piece.h"
#include "libsep/mixing/mixture_draw.h"

namespace sep {

/// A rendered mixture, a piece made anew: all signals mono, round(seconds * rate) samples.
/// Four stems and their mixture of 25 s at 44.1 kHz are 22 MB.
struct Mixture : PieceAudio {
  MixtureDraw draw;
  bool scaled_down = false;  ///< its peak was above 1, all was divided by it
};

/// Raised whenever a draw gives other samples than before.
///   1  as published
inline constexpr int kStemRenderingVersion = 1;

/// One stem of a mixture, from the stem of its piece; R its rate:
///
///     cut      samples floor(source_time R) … floor((source_time + event_duration) R) - 1
///     shift    pitch_and_stretch(); without libsox left out
///     level    to reference_lufs + `level_db`, from its integrated loudness (at least
///              -70 LUFS; what is under 0.5 s is repeated for the measurement)
///     fade     n = round(fade_seconds R) samples at both ends, sin(pi/2 i / (n - 1))
///     fit      zeros after it, or a cut, to round(seconds R) samples
///
/// so that the fade at the end is lost where a stem is cut, as published.
Signal render_stem(const MixtureOptions& options,
                   const StemEvent& event,
                   double level_db,
                   const Signal& stem);

/// The mixture of rendered stems: their sum in the order of names. Where its peak is
/// above 1, mixture and stems are divided by (peak + 1e-10).
Mixture mix_stems(const MixtureDraw& draw, std::map<StemName, Signal> stems);

/// round(seconds R) zeros: a stem that is dropped.
Signal silent_stem(const MixtureOptions& options, int64_t sample_rate);

}  // namespace sep
