#pragma once

#include <string>
#include <vector>

#include "libsep/synthesis/chorale.h"

namespace sep::music {

/// A place of a chorale that breaks a rule.
struct Violation {
  std::string rule;    ///< "parallels", "leading tone", …
  double beat = 0.0;   ///< where, from the chorale's first beat
  std::string detail;  ///< "soprano and bass: octave to octave"
};

/// Checks a chorale against the rules of the style. It looks at notes, phrases and keys
/// alone, and shares nothing with the generator but these structs: which chord sounds, it
/// finds out from the pitches.
///
///     form            phrases and voices follow one another without gaps; fermatas are
///                     on the phrases' last chords, and nowhere else
///     range           soprano C4 … A5, alto G3 … D5, tenor C3 … G#4, bass D2 … C4
///     crossing        no voice above the one above it
///     spacing         soprano to alto and alto to tenor at most an octave, tenor to bass
///                     at most two
///     parallels       no two voices move from fifth to fifth or from octave (unison) to
///                     octave, by similar or contrary motion: from each moment to the next,
///                     and from beat to beat
///     hidden          outer voices do not leap together into a fifth or octave (soprano
///                     by more than a step); not across a fermata
///     melody          upper voices: up to a fourth, or a fifth; the bass also sixths and
///                     octaves; never a tritone or an augmented second; up to an octave
///                     across a fermata
///     chord           on each beat a triad or seventh chord of the phrase's key, or a
///                     dominant of one of its chords, with root, third and seventh; no
///                     second inversion, diminished triads in first inversion
///     doubling        one leading tone, one seventh in a chord
///     leading tone    the third of a dominant (the root of vii) stays or rises a semitone
///     seventh         stays or falls by step
///     ornament        what begins off the beat and is no tone of the chord is a passing or
///                     neighbour note: reached and left by step
///     cadence         each phrase ends as its cadence says; the last one is perfect, in
///     the
///                     chorale's key
///
/// Leading tones and sevenths need not resolve across a fermata.
std::vector<Violation> check_voice_leading(const Chorale& chorale);

}  // namespace sep::music
