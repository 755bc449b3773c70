#pragma once

#include "libsep/core/signal.h"

namespace sep {

/// Whether this build has SoX's effects (libsox was there when it was configured).
bool has_sox_effects();

/// Pitch and duration changed as the published experiment did it, by the effects of
/// libsox in this process, 32-bit integers between them and no dither:
///
///     rate -h R | pitch <100 semitones> | tempo -s <1/stretch> | rate R
///
/// both numbers as text with six decimals. `stretch` above 1 makes it longer. Mono;
/// the result has about N * stretch samples, the rate stays. Any number of threads.
/// Throws Error for several channels, a stretch that is not positive and finite, or a
/// build without libsox.
Signal pitch_and_stretch(const Signal& signal, double semitones, double stretch);

}  // namespace sep
