#pragma once

#include <vector>

#include "libsep/core/random.h"
#include "libsep/core/signal.h"
#include "libsep/synthesis/chorale_player.h"
#include "libsep/synthesis/variation.h"

/// What differs from part to part in the sound of a performance. For use inside this layer.
namespace sep::music {

/// Varies the sound of a part, mono, in place: levels, spectra (timbre and equalization),
/// breath and attacks, the room, the microphone's noise; in this order, each subject by its
/// own stream of `seed`. `indices` are those of piece and part; the room is the piece's.
void vary_sound(Signal& signal,
                const std::vector<PlayedNote>& notes,
                const Variations& variations,
                uint64_t seed,
                const std::vector<int64_t>& indices);

}  // namespace sep::music
