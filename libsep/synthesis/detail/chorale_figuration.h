#pragma once

#include <array>
#include <vector>

#include "libsep/synthesis/detail/chorale_voicing.h"

/// What makes a row of chords a piece: passing and neighbour notes, ties. For use inside
/// this layer.
namespace sep::music {

/// What sounds on one beat, or for the length of a phrase's last chord.
struct ChordSlot {
  PlacedChord chord;
  Voicing pitches;
  Key key;  ///< of the phrase
  int64_t first_beat = 0;
  int64_t num_beats = 1;
  bool fermata = false;
  std::array<int, kNumChoraleVoices> ornaments = {};  ///< on the half beat; 0: none
  std::array<bool, kNumChoraleVoices> tied = {};      ///< to the next slot
};

/// Adds notes on half beats. Passing notes fill thirds, neighbour notes repeated pitches,
/// both from the key's scale (melodic minor in minor);
/// skips touch another tone of the chord on the way, mostly in the bass. None is added to a
/// leading tone, to a seventh or under a fermata, nor where parallels, a crossing, a wide
/// gap or a semitone between two voices would come of it.
void add_ornaments(std::vector<ChordSlot>& slots, RandomStream& random);

/// Ties some of the repeated pitches.
void add_ties(std::vector<ChordSlot>& slots, RandomStream& random);

/// The notes of one voice, in beats; seconds are 0 as yet.
std::vector<ChoraleNote> notes_of(const std::vector<ChordSlot>& slots, size_t voice);

}  // namespace sep::music
