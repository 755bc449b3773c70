#pragma once

#include <array>
#include <optional>
#include <vector>

#include "libsep/synthesis/detail/chorale_harmony.h"

/// Setting harmonies for four voices. For use inside this layer.
namespace sep::music {

/// The lowest and highest pitch of each voice, from the top; within what violin,
/// clarinet, tenor saxophone and bassoon play, and about what they play in Bach10.
struct VoiceRange {
  int lowest;
  int highest;
};
inline constexpr std::array<VoiceRange, kNumChoraleVoices> kVoiceRanges = {
    {{60, 81}, {55, 74}, {48, 68}, {38, 60}}};

/// Pitches of soprano, alto, tenor and bass that sound together.
using Voicing = std::array<int, kNumChoraleVoices>;

/// A chord at a key's pitch: what the rules about tendencies need to know.
struct PlacedChord {
  Chord chord;
  int tonic = 0;  ///< pitch class

  int pitch_class(size_t tone) const { return (chord.tones[tone] + tonic) % 12; }
};

/// The voicing of the chord before a phrase, which its first chord must follow.
struct VoicingBefore {
  PlacedChord chord;
  Voicing pitches;
};

/// A phrase to be set.
struct VoicingTask {
  std::vector<PlacedChord> chords;
  std::vector<double> soprano;          ///< the line wished for, MIDI pitches, one a chord
  std::optional<int> last_soprano;      ///< pitch class the soprano must end on
  std::optional<VoicingBefore> before;  ///< none for the first phrase
};

/// The cheapest legal voicings, one a chord; nothing where no row of voicings is legal.
/// Costs: how far voices move, a repeated soprano note, the distance from the line wished
/// for, doublings and omissions that are allowed but poor, and a little chance.
std::optional<std::vector<Voicing>> find_voicings(const VoicingTask& task,
                                                  RandomStream& random);

/// Whether some pair of voices forms a perfect fifth in both, or a unison or octave in
/// both, and moves between them.
bool has_parallels(const Voicing& from, const Voicing& to);

/// Whether voices are ordered from the top and the upper three no octave apart.
bool is_well_spaced(const Voicing& voicing);

}  // namespace sep::music
