#pragma once

#include <vector>

#include "libsep/core/random.h"
#include "libsep/core/signal.h"
#include "libsep/synthesis/chorale_player.h"

/// For use inside this layer.
namespace sep::music {

/// Adds noise of breath or bow, which follows the part's own envelope, 58 to 30 dB below
/// it, and a burst at each onset; both of a colour drawn for the part. `amount` is a
/// factor.
void add_breath(Signal& signal,
                const std::vector<PlayedNote>& notes,
                double amount,
                RandomStream& random);

/// Adds a microphone's noise, 88 to 58 dB below the part's RMS, and for some parts hum of
/// 50 or 60 Hz, 75 to 48 dB below.
void add_floor(Signal& signal, double amount, RandomStream& random);

}  // namespace sep::music
