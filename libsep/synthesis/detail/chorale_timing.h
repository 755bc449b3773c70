#pragma once

#include "libsep/synthesis/chorale.h"

/// Tempo, rubato and fermatas. For use inside this layer.
namespace sep::music {

inline constexpr double kShortestChoraleSeconds = 2.0;
inline constexpr double kLongestChoraleSeconds = 600.0;

/// An even number of beats, at least 4, for a piece of `seconds` at 84 to 104 beats a
/// minute where no fermata is.
int64_t choose_num_beats(double seconds, RandomStream& random);

/// Gives the notes their seconds and sets beats_per_minute, so that the piece lasts
/// chorale.seconds: a little silence, the music, the last sound's end. The beat is a little
/// slower at both ends of a phrase, wanders by chance, and slows down at the end of the
/// piece; the chord under a fermata is held longer and ends with a breath.
void conduct(Chorale& chorale, RandomStream& random);

}  // namespace sep::music
