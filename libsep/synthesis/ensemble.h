#pragma once

#include <string>
#include <vector>

#include "libsep/synthesis/chorale_player.h"

namespace sep::music {

inline constexpr size_t kFewestPlayers = 2;
inline constexpr size_t kMostPlayers = 8;

/// Players by instrument (find_midi_instrument()), from the highest part to the lowest.
/// Violin, clarinet, saxophone and bassoon are those of chorale_players(); others have
/// their family's habits. Of two with one instrument the stems are violin_1, violin_2. The
/// programs that may stand in for a player's own leave out those of the other players.
///
/// Throws Error for fewer than 2 or more than 8, and for an unknown name.
std::vector<ChoralePlayer> make_ensemble(const std::vector<std::string>& names);

/// How a chorale is given to an ensemble.
struct Arrangement {
  struct Part {
    int voice = 0;   ///< of the chorale, 0 … 3; -1: one that is filled in
    int lowest = 0;  ///< of the voice as it is composed, MIDI
    int highest = 0;
    int octaves = 0;  ///< by which the part is moved, besides
  };
  int semitones = 0;  ///< by which everything is moved; -6 … 6
  std::vector<Part> parts;
};

/// The one that moves least, so that no part leaves its player's range whatever is
/// composed, and parts stay in their order where that is possible. Four players have the
/// four voices, the first soprano, the last bass; two have soprano and bass; three alto or
/// tenor between them, whichever moves less. With five to eight players alto and tenor are
/// evenly between the outer ones, and the rest is filled in.
///
/// Throws Error, naming player, range and part, where an instrument is too narrow for its
/// part, or no transposition suits all.
Arrangement arrange_for(const std::vector<ChoralePlayer>& players);

/// The chorale in so many voices. Filled-in voices move with the beat, through the tones of
/// the chords that sound, by the least distance on the whole (dynamic programming); they
/// share no pitch with another voice where one is free, and double neither the leading tone
/// nor a seventh willingly. Repeated notes are tied and thirds filled by chance.
Chorale arranged(const Chorale& chorale,
                 const Arrangement& arrangement,
                 RandomStream& random);

}  // namespace sep::music
