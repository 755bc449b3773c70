#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libsep/core/random.h"

namespace sep::music {

/// Four-part chorales as a score: pure music theory, no audio. chorale_player.h plays
/// them, voice_leading.h checks them.

enum class Mode { kMajor, kMinor };

struct Key {
  int tonic = 0;  ///< pitch class, 0 … 11; 0 is C
  Mode mode = Mode::kMajor;
};

/// "G major", "B flat minor"; the common spelling of each key.
std::string key_name(const Key& key);

/// How a phrase ends.
enum class Cadence {
  kPerfect,    ///< V(7) I, both in root position, the soprano on the tonic
  kAuthentic,  ///< V(7) I, both in root position
  kHalf,       ///< on V in root position
};

/// Voices from the top: soprano, alto, tenor, bass.
inline constexpr size_t kNumChoraleVoices = 4;

struct ChoraleNote {
  int pitch = 60;                 ///< MIDI; 60 is C4
  double onset_beats = 0.0;       ///< a beat is a quarter note
  double duration_beats = 1.0;    ///< up to the next note
  double onset_seconds = 0.0;     ///< as conducted, with rubato
  double duration_seconds = 0.0;  ///< shorter than up to the next note before a breath
  bool fermata = false;
  bool ornament = false;  ///< a passing or neighbour note
};

/// A line of the chorale; ends under a fermata. `key` is that of the phrase: middle
/// phrases may leave the chorale's key for a related one.
struct ChoralePhrase {
  int64_t first_beat = 0;
  int64_t num_beats = 8;
  Key key;
  Cadence cadence = Cadence::kAuthentic;
  std::vector<std::string> harmonies;  ///< one a beat, as "ii65"; the last one is held
};

/// A chorale in common time, in four voices as it is composed. Each voice is a row of notes
/// without gaps, in beats:
///
///     upbeat_beats = 1     | phrase 1              | phrase 2
///     beats                0 | 1 2 3 4 | 5 6 7   8 | 9 …
///     harmonies            I | V I IV… | V I(fermata)
struct Chorale {
  Key key;
  double beats_per_minute = 84.0;  ///< on average, fermatas counted as written
  int64_t upbeat_beats = 0;        ///< before the first bar line; 0 or 1
  double seconds = 0.0;            ///< of the whole piece, silence at both ends included
  std::vector<ChoralePhrase> phrases;
  std::vector<std::vector<ChoraleNote>> voices =
      std::vector<std::vector<ChoraleNote>>(kNumChoraleVoices);

  int64_t num_beats() const;
};

/// A new chorale that lasts `seconds` exactly: its number of phrases is chosen for a tempo
/// of about 84 to 104 beats a minute, the tempo then to fit. The same random numbers give
/// the same chorale. check_voice_leading() finds nothing in it.
///
/// Per phrase: key and cadence; harmonies drawn from a graph of functional progressions
/// that ends in the cadence; the cheapest way to set them for four voices, around a
/// soprano line drawn at random, by dynamic programming over all voicings of each chord;
/// where none is legal, other harmonies are drawn. Passing and neighbour notes and ties
/// follow, as often as Bach10's MIDI files have them, and last the tempo.
///
/// Throws Error for less than 2 or more than 600 seconds.
Chorale compose_chorale(double seconds, RandomStream& random);

}  // namespace sep::music
