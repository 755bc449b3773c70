#pragma once

#include <string>
#include <vector>

namespace sep::music {

/// A program of General MIDI (level 1's sound set, MIDI Manufacturers Association, 1991) by
/// a name of ours, with what players of it usually reach at sounding pitch.
struct MidiInstrument {
  std::string name;  ///< "english_horn"
  int program = 0;   ///< 0 … 127
  int lowest = 0;    ///< MIDI pitches, sounding: 60 is C4
  int highest = 127;
};

/// All 128, in their order.
const std::vector<MidiInstrument>& midi_instruments();

/// By name, or by another name that is as usual: french_horn, cor_anglais, double_bass,
/// saxophone and saxphone (Bach10's spelling, which is what it is called then; the
/// tenor's), strings, piano, guitar, organ, voice. Throws Error that names the nearest
/// ones.
const MidiInstrument& find_midi_instrument(const std::string& name);

/// "C4" for 60, "F#3" for 54.
std::string pitch_name(int pitch);

}  // namespace sep::music
