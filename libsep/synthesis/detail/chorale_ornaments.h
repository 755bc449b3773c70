#pragma once

#include "libsep/synthesis/chorale.h"

/// Ornaments of players, beyond what the rules of the style know. For use inside this
/// layer.
namespace sep::music {

/// Of the phrase that sounds at a beat.
const Key& key_at(const Chorale& chorale, double beats);

/// The next step of the scale above or below; in minor the natural one.
int scale_step(const Key& key, int pitch, bool up);

/// Replaces some notes of a voice by several that take the same time together: a trill, a
/// mordent or turn around the note, a passing note towards the next, the same note again.
/// All are notes of the score, with their beats and seconds; what is added lies in the
/// key's scale and within `lowest` … `highest`. A note is ornamented with a chance that is
/// drawn for the voice, up to 0.2 times the amount; those under a fermata are not.
void add_players_ornaments(Chorale& chorale,
                           size_t voice,
                           int lowest,
                           int highest,
                           double amount,
                           RandomStream& random);

}  // namespace sep::music
