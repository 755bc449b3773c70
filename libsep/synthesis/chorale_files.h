#pragma once

#include <string>
#include <vector>

#include "libsep/synthesis/chorale.h"
#include "libsep/synthesis/chorale_player.h"

namespace sep::music {

/// A chorale as a Standard MIDI File of format 1, as Bach10 has one beside each piece:
/// a track for the tempo, the meter and the key, then one a voice, from the top, on
/// channels from 1 on with the players' instruments; 960 ticks a quarter note. The tempo
/// does not change (chorale.beats_per_minute); an upbeat begins on the last beat of the
/// first bar.
std::string midi_file(const Chorale& chorale,
                      const std::string& title,
                      const std::vector<ChoralePlayer>& players = chorale_players());

/// When a note begins in midi_file(), in seconds.
double midi_onset_seconds(const Chorale& chorale, const ChoraleNote& note);

/// The notes as text, as Bach10's .txt: a line a note, ordered by its time in the MIDI
/// file, then from the top; four whole numbers with tabs between them:
///
///     220  1915  72  1
///     when it begins in the audio (ms), in the MIDI file (ms), MIDI pitch, voice from 1
///
/// The first number is the played onset of that very note; Bach10 has one for all notes
/// that begin together. Throws Error where `played` has not a note for each of the score's.
std::string note_list(const Chorale& chorale,
                      const std::vector<std::vector<PlayedNote>>& played);

}  // namespace sep::music
