#include "tests/support/voice_leading.h"

#include <fmt/format.h>
#include <array>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "tests/support/voice_leading_score.h"

namespace sep::music {
namespace {

struct Range {
  int lowest;
  int highest;
};
constexpr std::array<Range, 4> kRanges = {{{60, 81}, {55, 74}, {48, 68}, {38, 60}}};

using Pitches = std::array<int, 4>;

Pitches pitches_at(const VoiceLeadingScore& score, double beat) {
  Pitches pitches;
  for (size_t v = 0; v < 4; ++v) pitches[v] = score.note_at(v, beat).pitch;
  return pitches;
}

std::string pair_name(size_t high, size_t low) {
  return std::string(voice_name(high)) + " and " + voice_name(low);
}

// 5 for a perfect fifth, 8 for a unison or octave, compounds too; 0 for others.
int perfect_interval(int upper, int lower) {
  switch (std::abs(upper - lower) % 12) {
    case 0:
      return 8;
    case 7:
      return 5;
    default:
      return 0;
  }
}

void check_registers(const VoiceLeadingScore& score, Violations& found) {
  for (size_t v = 0; v < 4; ++v) {
    for (const ChoraleNote& note : score.voice(v)) {
      if (note.pitch < kRanges[v].lowest || note.pitch > kRanges[v].highest) {
        found.push_back({"range",
                         note.onset_beats,
                         fmt::format("{} on {}", voice_name(v), note.pitch)});
      }
    }
  }
  for (const double beat : score.moments()) {
    const Pitches pitches = pitches_at(score, beat);
    for (size_t v = 0; v < 3; ++v) {
      const int gap = pitches[v] - pitches[v + 1];
      if (gap < 0) found.push_back({"crossing", beat, pair_name(v, v + 1)});
      if (gap > (v == 2 ? 24 : 12)) found.push_back({"spacing", beat, pair_name(v, v + 1)});
    }
  }
}

void check_parallels(const VoiceLeadingScore& score,
                     const std::vector<double>& beats,
                     Violations& found) {
  for (size_t i = 1; i < beats.size(); ++i) {
    const Pitches from = pitches_at(score, beats[i - 1]);
    const Pitches to = pitches_at(score, beats[i]);
    for (size_t high = 0; high < 4; ++high) {
      for (size_t low = high + 1; low < 4; ++low) {
        const bool both_move = from[high] != to[high] && from[low] != to[low];
        const int interval = perfect_interval(from[high], from[low]);
        if (both_move && interval != 0 && interval == perfect_interval(to[high], to[low])) {
          found.push_back({"parallels",
                           beats[i],
                           fmt::format("{}: {} to {}",
                                       pair_name(high, low),
                                       interval == 5 ? "fifth" : "octave",
                                       interval == 5 ? "fifth" : "octave")});
        }
      }
    }
  }
}

void check_hidden(const VoiceLeadingScore& score, Violations& found) {
  const auto beats = score.beats();
  for (size_t i = 1; i < beats.size(); ++i) {
    if (score.breath_between(beats[i - 1], beats[i])) continue;
    const Pitches from = pitches_at(score, beats[i - 1]);
    const Pitches to = pitches_at(score, beats[i]);
    const int soprano = to[0] - from[0];
    const int bass = to[3] - from[3];
    const bool same_way = (soprano > 0 && bass > 0) || (soprano < 0 && bass < 0);
    if (same_way && std::abs(soprano) > 2 && perfect_interval(to[0], to[3]) != 0) {
      found.push_back({"hidden", beats[i], "soprano and bass"});
    }
  }
}

bool is_singable(size_t voice, int size, bool breath) {
  if (breath) return size <= 12;
  if (size == 6 || size == 10 || size == 11 || size > 12) return false;
  return voice == 3 || size <= 7;
}

// In the scale of a key, only its leading tone and the tone below it can be an augmented
// second apart: the sixth degree of minor, raised nowhere, and its seventh.
bool is_augmented_second(const Key& key, int from, int to) {
  const int upper = std::max(from, to) % 12;
  return std::abs(to - from) == 3 && key.mode == Mode::kMinor &&
         upper == (key.tonic + 11) % 12;
}

void check_melody(const VoiceLeadingScore& score, Violations& found) {
  for (size_t v = 0; v < 4; ++v) {
    const auto& voice = score.voice(v);
    for (size_t i = 1; i < voice.size(); ++i) {
      const double beat = voice[i].onset_beats;
      const bool breath = score.breath_between(voice[i - 1].onset_beats, beat);
      const int size = std::abs(voice[i].pitch - voice[i - 1].pitch);
      const Key key = score.phrase_at(beat).key;
      const bool augmented =
          !breath && is_augmented_second(key, voice[i - 1].pitch, voice[i].pitch);
      if (!is_singable(v, size, breath) || augmented) {
        found.push_back(
            {"melody", beat, fmt::format("{} by {} semitones", voice_name(v), size)});
      }
    }
  }
}

// A leap, or a note that stands alone, is no passing and no neighbour note.
void check_ornaments(const VoiceLeadingScore& score, Violations& found) {
  for (size_t v = 0; v < 4; ++v) {
    const auto& voice = score.voice(v);
    for (size_t i = 0; i < voice.size(); ++i) {
      const double beat = voice[i].onset_beats;
      if (beat == std::floor(beat) || score.is_chord_tone(v, beat)) continue;
      const bool inside = i > 0 && i + 1 < voice.size();
      const int before = inside ? std::abs(voice[i].pitch - voice[i - 1].pitch) : 0;
      const int after = inside ? std::abs(voice[i + 1].pitch - voice[i].pitch) : 0;
      if (before < 1 || before > 2 || after < 1 || after > 2) {
        found.push_back({"ornament", beat, voice_name(v)});
      }
    }
  }
}

void check_fermatas(const VoiceLeadingScore& score, Violations& found) {
  for (size_t v = 0; v < 4; ++v) {
    for (const ChoraleNote& note : score.voice(v)) {
      const double end = note.onset_beats + note.duration_beats;
      if (note.fermata != score.ends_phrase(end)) {
        found.push_back({"form",
                         note.onset_beats,
                         fmt::format("a fermata {} in the {}",
                                     note.fermata ? "inside a phrase" : "is missing",
                                     voice_name(v))});
      }
    }
  }
}

}  // namespace

std::vector<Violation> check_voice_leading(const Chorale& chorale) {
  Violations found;
  check_form(chorale, found);
  if (!found.empty()) return found;  // the rest looks up what sounds on every beat
  const VoiceLeadingScore score(chorale);
  check_fermatas(score, found);
  check_registers(score, found);
  check_parallels(score, score.moments(), found);
  check_parallels(score, score.beats(), found);
  check_hidden(score, found);
  check_melody(score, found);
  check_ornaments(score, found);
  check_harmony(score, found);
  return found;
}

}  // namespace sep::music
