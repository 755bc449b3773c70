#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tests/support/voice_leading_score.h"

namespace sep::music {
namespace {

using Quality = Sonority::Quality;

// Scales as semitones above the tonic; minor has both sixths' and sevenths' chords but
// only those with the natural sixth are taken.
std::vector<std::vector<int>> scales_of(Mode mode) {
  if (mode == Mode::kMajor) return {{0, 2, 4, 5, 7, 9, 11}};
  return {{0, 2, 3, 5, 7, 8, 10}, {0, 2, 3, 5, 7, 8, 11}};
}

// The chord stacked in thirds on a degree of a scale, as many tones as asked for.
std::vector<int> stack_thirds(const std::vector<int>& scale,
                              size_t degree,
                              size_t num_tones) {
  std::vector<int> tones;
  for (size_t i = 0; i < num_tones; ++i) tones.push_back(scale[(degree + 2 * i) % 7]);
  return tones;
}

bool is_stacked(const Sonority& chord, const Key& key) {
  const size_t num_tones = chord.seventh() ? 4 : 3;
  for (const auto& scale : scales_of(key.mode)) {
    for (size_t degree = 0; degree < 7; ++degree) {
      const auto tones = stack_thirds(scale, degree, num_tones);
      const bool same_root = (tones[0] + key.tonic) % 12 == chord.root;
      const bool same = std::all_of(tones.begin(), tones.end(), [&](int tone) {
        return chord.has((tone + key.tonic) % 12);
      });
      if (same_root && same) return true;
    }
  }
  return false;
}

// A major chord or dominant seventh a fifth above a consonant chord of the key.
bool is_applied_dominant(const Sonority& chord, const Key& key) {
  if (chord.quality != Quality::kMajor && chord.quality != Quality::kDominant) return false;
  const int target = (chord.root + 5) % 12;
  return is_stacked({target, Quality::kMajor}, key) ||
         is_stacked({target, Quality::kMinor}, key);
}

bool is_tonic_major(const Sonority& chord, const Key& key) {
  return chord.root == key.tonic && chord.quality == Quality::kMajor;
}

bool is_dominant_of(const Sonority& chord, const Key& key) {
  return chord.root == (key.tonic + 7) % 12 &&
         (chord.quality == Quality::kMajor || chord.quality == Quality::kDominant);
}

int num_voices_on(const VoiceLeadingScore& score, double beat, int pitch_class) {
  int count = 0;
  for (size_t v = 0; v < kNumChoraleVoices; ++v) {
    if (score.note_at(v, beat).pitch % 12 == pitch_class) ++count;
  }
  return count;
}

// The tone of a chord that wants to rise: the third of the key's or an applied dominant,
// the root of the diminished chord on the seventh degree.
std::optional<int> leading_tone(const Sonority& chord, const Key& key) {
  const int of_key = (key.tonic + 11) % 12;
  if (chord.quality == Quality::kDiminished && chord.root == of_key) return of_key;
  const bool dominant = chord.quality == Quality::kDominant || is_dominant_of(chord, key);
  const bool applied = chord.quality == Quality::kMajor && !is_stacked(chord, key);
  const bool picardy = key.mode == Mode::kMinor && is_tonic_major(chord, key);
  if (dominant || (applied && !picardy)) return chord.third();
  return std::nullopt;
}

void check_inversion(const VoiceLeadingScore& score,
                     double beat,
                     const Sonority& chord,
                     Violations& found) {
  const int bass = score.note_at(3, beat).pitch % 12;
  const bool diminished = chord.quality == Quality::kDiminished;
  if ((!chord.seventh() && bass == chord.fifth()) || (diminished && bass == chord.root)) {
    found.push_back({"chord", beat, "a forbidden inversion"});
  }
}

void check_chord(const VoiceLeadingScore& score, double beat, Violations& found) {
  const Key key = score.phrase_at(beat).key;
  const auto chord = score.sonority_at(beat);
  const bool belongs =
      chord && (is_stacked(*chord, key) || is_applied_dominant(*chord, key) ||
                is_tonic_major(*chord, key));
  if (!belongs) {
    found.push_back({"chord", beat, "no chord of " + key_name(key)});
    return;
  }
  check_inversion(score, beat, *chord, found);
  for (const auto& single : {leading_tone(*chord, key), chord->seventh()}) {
    if (single && num_voices_on(score, beat, *single) > 1) {
      found.push_back({"doubling", beat, fmt::format("pitch class {} twice", *single)});
    }
  }
}

void check_resolutions(const VoiceLeadingScore& score, double beat, Violations& found) {
  const Key key = score.phrase_at(beat).key;
  const auto chord = score.sonority_at(beat);
  if (!chord || score.breath_between(beat, beat + 1.0)) return;
  const auto leading = leading_tone(*chord, key);
  const auto seventh = chord->seventh();
  for (size_t v = 0; v < kNumChoraleVoices; ++v) {
    const auto& voice = score.voice(v);
    const ChoraleNote& note = score.note_at(v, beat);
    const auto i = static_cast<size_t>(&note - voice.data());
    if (i + 1 == voice.size() || note.onset_beats + note.duration_beats > beat + 1.0) {
      continue;  // held: looked at where it ends
    }
    const int step = voice[i + 1].pitch - note.pitch;
    if (leading && note.pitch % 12 == *leading && step != 0 && step != 1) {
      found.push_back({"leading tone", beat, voice_name(v)});
    }
    if (seventh && note.pitch % 12 == *seventh && step != 0 && step != -1 && step != -2) {
      found.push_back({"seventh", beat, voice_name(v)});
    }
  }
}

// Where the last chord of a phrase begins: its bass note does.
void check_cadence(const VoiceLeadingScore& score,
                   const ChoralePhrase& phrase,
                   Violations& found) {
  const double last = static_cast<double>(phrase.first_beat + phrase.num_beats - 1);
  const double begin = score.note_at(3, last).onset_beats;
  const auto final_chord = score.sonority_at(begin);
  const auto before = score.sonority_at(begin - 1.0);
  const int bass = score.note_at(3, begin).pitch % 12;
  const int bass_before = score.note_at(3, begin - 1.0).pitch % 12;
  bool holds = final_chord && !final_chord->seventh() && bass == final_chord->root;
  if (phrase.cadence == Cadence::kHalf) {
    holds = holds && is_dominant_of(*final_chord, phrase.key);
  } else {
    holds = holds && final_chord->root == phrase.key.tonic && before &&
            is_dominant_of(*before, phrase.key) && bass_before == before->root;
  }
  if (phrase.cadence == Cadence::kPerfect) {
    holds = holds && score.note_at(0, begin).pitch % 12 == phrase.key.tonic;
  }
  if (!holds) found.push_back({"cadence", begin, "in " + key_name(phrase.key)});
}

}  // namespace

void check_harmony(const VoiceLeadingScore& score, Violations& found) {
  for (const double beat : score.beats()) {
    check_chord(score, beat, found);
    if (beat + 1.0 < static_cast<double>(score.chorale().num_beats())) {
      check_resolutions(score, beat, found);
    }
  }
  for (const ChoralePhrase& phrase : score.chorale().phrases) {
    check_cadence(score, phrase, found);
  }
  const ChoralePhrase& last = score.chorale().phrases.back();
  const Key home = score.chorale().key;
  if (last.cadence != Cadence::kPerfect || last.key.tonic != home.tonic ||
      last.key.mode != home.mode) {
    found.push_back({"cadence",
                     static_cast<double>(last.first_beat),
                     "the last phrase does not end perfectly in " + key_name(home)});
  }
}

}  // namespace sep::music
