#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libsep/core/random.h"
#include "libsep/synthesis/chorale.h"

/// Functional harmony of the generated chorales. For use inside this layer.
namespace sep::music {

/// A chord of a key in one inversion. Tones are semitones above the key's tonic, modulo
/// 12: root, third, fifth and, of seventh chords, seventh.
struct Chord {
  std::string name;        ///< "V65", "V/V"
  std::vector<int> tones;  ///< 3 or 4
  size_t bass = 0;         ///< index of the tone in the bass
  int leading = -1;        ///< index of the tone that must rise a semitone; -1: none

  /// Chords that may follow, by name; one named twice is twice as likely.
  std::vector<std::string> successors;

  bool has_seventh() const { return tones.size() == 4; }
};

/// The chords of a mode, for a tonic of pitch class 0.
const std::vector<Chord>& chords_of(Mode mode);

/// By name; throws Error where the mode has no such chord.
const Chord& find_chord(Mode mode, const std::string& name);

/// What a phrase's harmonies must end in and, at an end in minor, whether the last chord
/// is major (a Picardy third).
struct PhraseEnd {
  Cadence cadence = Cadence::kAuthentic;
  bool picardy = false;
};

/// `num_chords` (at least 3) harmonies from a walk over the successors that begins on the
/// tonic, or on the dominant, and ends in the cadence.
std::vector<Chord> draw_harmonies(Mode mode,
                                  const PhraseEnd& end,
                                  int64_t num_chords,
                                  RandomStream& random);

}  // namespace sep::music
