#pragma once

#include <vector>

#include "libsep/synthesis/chorale.h"

/// Voices beyond the four. For use inside this layer.
namespace sep::music {

/// Where a voice is to be.
struct VoicePlace {
  int lowest = 0;  ///< MIDI
  int highest = 127;
  std::vector<ChoraleNote> above;  ///< the voices it lies between where it can
  std::vector<ChoraleNote> below;
};

/// A voice that sings the chords of `chorale` (arranged()), beside voices that are there
/// already, `others`, those of the chorale among them.
std::vector<ChoraleNote> fill_voice(const Chorale& chorale,
                                    const std::vector<std::vector<ChoraleNote>>& others,
                                    const VoicePlace& place,
                                    RandomStream& random);

}  // namespace sep::music
