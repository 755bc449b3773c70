#pragma once

#include <string>
#include <vector>

namespace sep {

/// How widely synthesized pieces differ from each other and from note to note: an amount a
/// subject, 0 … 2; 0 leaves it as it was before there were variations, to the bit, and 1 is
/// meant to span what recordings of good players with near microphones do
/// (docs/chorales.md has the distributions). All are drawn from streams of the piece and
/// the part, each subject from its own.
struct Variations {
  double programs = 0.0;       ///< instruments near the player's: a soprano saxophone
  double transposition = 0.0;  ///< of the piece, -3 … 6 semitones within all ranges
  double tuning = 0.0;         ///< of part and note; drift, scoops and glides within notes
  double vibrato = 0.0;        ///< depth, rate, delay
  double levels = 0.0;         ///< of notes and within them, slow and fast
  double timbre = 0.0;         ///< velocity, recorded pitch and spectrum of each note
  double articulation = 0.0;   ///< detached to legato; early and late
  double ornaments = 0.0;      ///< trills, mordents, turns, passing notes; in the score too
  double noise = 0.0;          ///< breath or bow, attacks, the microphone's, hum
  double room = 0.0;           ///< early reflections and a tail; one room a piece
  double equalization = 0.0;   ///< of the part: resonances, an octave's level, both ends

  bool any() const;

  /// Throws ConfigError that names the field, its value and its bound.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("programs", programs);
    archive("transposition", transposition);
    archive("tuning", tuning);
    archive("vibrato", vibrato);
    archive("levels", levels);
    archive("timbre", timbre);
    archive("articulation", articulation);
    archive("ornaments", ornaments);
    archive("noise", noise);
    archive("room", room);
    archive("equalization", equalization);
  }
};

/// All amounts alike.
Variations uniform_variations(double amount);

/// "room", "noise", …, as visit() has them.
std::vector<std::string> variation_names();

/// Sets one from "room=0.5". Throws Error for another form and an unknown name, with the
/// nearest ones.
void set_variation(Variations& variations, const std::string& text);

}  // namespace sep
