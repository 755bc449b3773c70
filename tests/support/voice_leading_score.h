#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/support/voice_leading.h"

/// What the rules of voice_leading.h look up in a chorale. For use inside this layer.
namespace sep::music {

using Violations = std::vector<Violation>;

const char* voice_name(size_t voice);

/// A triad or seventh chord that sounds, found from its pitches.
struct Sonority {
  enum class Quality {
    kMajor,
    kMinor,
    kDiminished,
    kDominant,
    kMinorSeventh,
    kHalfDiminished
  };
  int root = 0;  ///< pitch class
  Quality quality = Quality::kMajor;

  int third() const;
  int fifth() const;
  std::optional<int> seventh() const;  ///< none of triads
  bool has(int pitch_class) const;
};

/// A chorale whose voices and phrases have no gaps (check_form() says so).
class VoiceLeadingScore {
 public:
  explicit VoiceLeadingScore(const Chorale& chorale) : chorale_(chorale) {}

  const Chorale& chorale() const { return chorale_; }
  const std::vector<ChoraleNote>& voice(size_t v) const { return chorale_.voices[v]; }
  const ChoraleNote& note_at(size_t voice, double beat) const;
  const ChoralePhrase& phrase_at(double beat) const;
  std::vector<double> beats() const;    ///< 0, 1, 2, …
  std::vector<double> moments() const;  ///< where any note begins
  bool breath_between(double beat, double later) const;
  bool ends_phrase(double beat) const;

  /// Of what sounds on a beat; none where it is no chord.
  std::optional<Sonority> sonority_at(double beat) const;
  bool is_chord_tone(size_t voice, double beat) const;  ///< of the chord on the beat before

 private:
  const Chorale& chorale_;
};

void check_form(const Chorale& chorale, Violations& found);

/// The rules chord, doubling, leading tone, seventh and cadence.
void check_harmony(const VoiceLeadingScore& score, Violations& found);

}  // namespace sep::music
