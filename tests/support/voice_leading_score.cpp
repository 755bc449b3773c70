#include "tests/support/voice_leading_score.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace sep::music {
namespace {

using Quality = Sonority::Quality;

std::set<int> classes_at(const VoiceLeadingScore& score, double beat) {
  std::set<int> classes;
  for (size_t v = 0; v < kNumChoraleVoices; ++v) {
    classes.insert(score.note_at(v, beat).pitch % 12);
  }
  return classes;
}

// Every tone belongs, and none is missing but the fifth of a consonant chord or of a
// dominant seventh.
bool explains(const Sonority& chord, const std::set<int>& classes) {
  const bool all_belong = std::all_of(classes.begin(), classes.end(), [&](int pitch_class) {
    return chord.has(pitch_class);
  });
  const auto seventh = chord.seventh();
  const bool may_lack_fifth = chord.quality == Quality::kMajor ||
                              chord.quality == Quality::kMinor ||
                              chord.quality == Quality::kDominant;
  return all_belong && classes.count(chord.root) > 0 && classes.count(chord.third()) > 0 &&
         (!seventh || classes.count(*seventh) > 0) &&
         (may_lack_fifth || classes.count(chord.fifth()) > 0);
}

void check_phrases(const Chorale& chorale, Violations& found) {
  int64_t beat = 0;
  for (const ChoralePhrase& phrase : chorale.phrases) {
    if (phrase.first_beat != beat || phrase.num_beats < 2) {
      found.push_back({"form", static_cast<double>(beat), "a phrase does not begin here"});
    }
    beat = phrase.first_beat + phrase.num_beats;
  }
  if (chorale.phrases.empty()) found.push_back({"form", 0.0, "no phrases"});
}

}  // namespace

const char* voice_name(size_t voice) {
  static constexpr std::array<const char*, 4> names = {"soprano", "alto", "tenor", "bass"};
  return names.at(voice);
}

int Sonority::third() const {
  const bool major = quality == Quality::kMajor || quality == Quality::kDominant;
  return (root + (major ? 4 : 3)) % 12;
}

int Sonority::fifth() const {
  const bool diminished =
      quality == Quality::kDiminished || quality == Quality::kHalfDiminished;
  return (root + (diminished ? 6 : 7)) % 12;
}

std::optional<int> Sonority::seventh() const {
  const bool triad = quality == Quality::kMajor || quality == Quality::kMinor ||
                     quality == Quality::kDiminished;
  if (triad) return std::nullopt;
  return (root + 10) % 12;
}

bool Sonority::has(int pitch_class) const {
  return pitch_class == root || pitch_class == third() || pitch_class == fifth() ||
         seventh() == pitch_class;
}

const ChoraleNote& VoiceLeadingScore::note_at(size_t voice, double beat) const {
  const auto& notes = chorale_.voices[voice];
  const auto later = std::upper_bound(
      notes.begin(), notes.end(), beat, [](double value, const ChoraleNote& note) {
        return value < note.onset_beats;
      });
  return *std::prev(later);
}

const ChoralePhrase& VoiceLeadingScore::phrase_at(double beat) const {
  const auto& phrases = chorale_.phrases;
  const auto later = std::upper_bound(
      phrases.begin(), phrases.end(), beat, [](double value, const ChoralePhrase& phrase) {
        return value < static_cast<double>(phrase.first_beat);
      });
  return *std::prev(later);
}

std::vector<double> VoiceLeadingScore::beats() const {
  std::vector<double> beats;
  for (int64_t i = 0; i < chorale_.num_beats(); ++i)
    beats.push_back(static_cast<double>(i));
  return beats;
}

std::vector<double> VoiceLeadingScore::moments() const {
  std::set<double> onsets;
  for (const auto& voice : chorale_.voices) {
    for (const ChoraleNote& note : voice) onsets.insert(note.onset_beats);
  }
  return {onsets.begin(), onsets.end()};
}

bool VoiceLeadingScore::breath_between(double beat, double later) const {
  return phrase_at(beat).first_beat != phrase_at(later).first_beat;
}

bool VoiceLeadingScore::ends_phrase(double beat) const {
  return std::any_of(
      chorale_.phrases.begin(), chorale_.phrases.end(), [&](const ChoralePhrase& phrase) {
        return static_cast<double>(phrase.first_beat + phrase.num_beats) == beat;
      });
}

std::optional<Sonority> VoiceLeadingScore::sonority_at(double beat) const {
  const auto classes = classes_at(*this, std::floor(beat));
  for (const Quality quality : {Quality::kMajor,
                                Quality::kMinor,
                                Quality::kDiminished,
                                Quality::kDominant,
                                Quality::kMinorSeventh,
                                Quality::kHalfDiminished}) {
    for (const int root : classes) {
      const Sonority chord = {root, quality};
      if (explains(chord, classes)) return chord;
    }
  }
  return std::nullopt;
}

bool VoiceLeadingScore::is_chord_tone(size_t voice, double beat) const {
  const auto chord = sonority_at(beat);
  return chord && chord->has(note_at(voice, beat).pitch % 12);
}

void check_form(const Chorale& chorale, Violations& found) {
  check_phrases(chorale, found);
  for (size_t v = 0; v < kNumChoraleVoices; ++v) {
    double beat = 0.0;
    for (const ChoraleNote& note : chorale.voices[v]) {
      if (note.onset_beats != beat || note.duration_beats <= 0.0) {
        found.push_back({"form", beat, std::string("a gap in the ") + voice_name(v)});
      }
      beat = note.onset_beats + note.duration_beats;
    }
    if (beat != static_cast<double>(chorale.num_beats())) {
      found.push_back({"form", beat, std::string("the end of the ") + voice_name(v)});
    }
  }
}

}  // namespace sep::music
