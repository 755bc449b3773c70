#pragma once

#include <string>

#include "libsep/core/signal.h"

namespace sep {

/// Whether this build has SoX's effects (libsox was there when it was configured).
bool has_sox_effects();

/// The code behind pitch_and_stretch(): "libsox 14.4.2"; "none" without it.
std::string sox_effects_version();

/// Pitch and duration changed as the published experiment did it, by the effects of
/// libsox in this process, 32-bit integers between them and no dither:
///
///     rate -h R | pitch <100 semitones> | tempo -s <1/stretch> | rate R
///
/// both numbers as text with six decimals. `stretch` above 1 makes it longer. Mono;
/// the result has about N * stretch samples, the rate stays. The same bits as the `sox`
/// program of the same version gives; samples beyond ±1 are clipped. No samples give no
/// samples. Throws Error for several channels, a stretch that is not positive and
/// finite, samples that are not finite, what SoX refuses (a factor on pitch or duration
/// outside about 0.01 … 10), or a build without libsox.
///
/// Any number of threads. libsox is started at the first call and stays for the life of
/// the process, its own messages switched off: a program that uses libsox itself must
/// not call sox_quit(). The process may have any locale. What of libsox several threads
/// would write to is guarded (detail/sox_chain.cpp says what).
Signal pitch_and_stretch(const Signal& signal, double semitones, double stretch);

}  // namespace sep
