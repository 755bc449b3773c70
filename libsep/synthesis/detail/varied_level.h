#pragma once

#include <vector>

#include "libsep/core/random.h"
#include "libsep/core/signal.h"
#include "libsep/synthesis/chorale_player.h"

/// For use inside this layer.
namespace sep::music {

/// Multiplies a part by levels in dB, in place: of each note (normal, 0.7 to 3.2 dB), a
/// line over it, an attack that rises by up to 15 dB in 5 to 90 ms, a tremolo with the
/// vibrato's rate, and slow and fast noise. What `amount` scales is all of it.
void vary_levels(Signal& signal,
                 const std::vector<PlayedNote>& notes,
                 double amount,
                 RandomStream& random);

}  // namespace sep::music
