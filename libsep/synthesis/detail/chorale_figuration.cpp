#include "libsep/synthesis/detail/chorale_figuration.h"

#include <algorithm>
#include <cstdlib>

namespace sep::music {
namespace {

// So that eighth notes and half notes are as frequent as in Bach10's MIDI files, from
// the soprano to the bass: 17, 31, 35, 50 % and 17, 9, 10, 6 % of all notes.
constexpr std::array<double, kNumChoraleVoices> kPassingChance = {0.7, 1.0, 1.0, 1.0};
constexpr std::array<double, kNumChoraleVoices> kNeighbourChance = {0.12, 0.45, 0.5, 0.95};
constexpr std::array<double, kNumChoraleVoices> kSkipChance = {0.1, 0.22, 0.3, 1.0};
constexpr std::array<double, kNumChoraleVoices> kTieChance = {0.7, 0.4, 0.5, 0.6};
constexpr int64_t kLongestTieBeats = 3;

/// Whether a pitch is in the key's scale when the line moves up or down.
bool is_in_scale(const Key& key, int pitch, bool upwards) {
  static constexpr std::array<bool, 12> major = {1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1};
  static constexpr std::array<bool, 12> ascending = {1, 0, 1, 1, 0, 1, 0, 1, 0, 1, 0, 1};
  static constexpr std::array<bool, 12> descending = {1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0};
  const auto degree = static_cast<size_t>((pitch - key.tonic + 12) % 12);
  if (key.mode == Mode::kMajor) return major[degree];
  return upwards ? ascending[degree] : descending[degree];
}

bool is_tone(const PlacedChord& placed, int pitch) {
  for (size_t tone = 0; tone < placed.chord.tones.size(); ++tone) {
    if (pitch % 12 == placed.pitch_class(tone)) return true;
  }
  return false;
}

bool has_tendency(const ChordSlot& slot, size_t voice) {
  const Chord& chord = slot.chord.chord;
  const int pitch_class = slot.pitches[voice] % 12;
  return (chord.leading >= 0 &&
          pitch_class == slot.chord.pitch_class(static_cast<size_t>(chord.leading))) ||
         (chord.has_seventh() && pitch_class == slot.chord.pitch_class(3));
}

/// A note between two pitches a third apart; 0 for none.
int passing_note(const Key& key, int from, int to) {
  const int direction = to > from ? 1 : -1;
  const int size = std::abs(to - from);
  if (size != 3 && size != 4) return 0;
  for (const int step : {1, 2}) {
    const int middle = from + direction * step;
    const int rest = size - step;
    if (rest <= 2 && is_in_scale(key, middle, direction > 0)) return middle;
  }
  return 0;
}

/// The scale's step above or below; 0 for none.
int neighbour_note(const Key& key, int pitch, bool above) {
  for (const int step : {1, 2}) {
    const int neighbour = pitch + (above ? step : -step);
    // The lower neighbour turns back upwards, as a leading tone does.
    if (is_in_scale(key, neighbour, !above)) return neighbour;
  }
  return 0;
}

/// Another tone of the chord near both pitches, not one that must be resolved; 0 for none.
int chord_skip(const ChordSlot& slot,
               const ChordSlot& next,
               size_t voice,
               RandomStream& random) {
  const int from = slot.pitches[voice];
  const int to = next.pitches[voice];
  std::vector<int> tones;
  for (int pitch = std::max(from, to) - 5; pitch <= std::min(from, to) + 5; ++pitch) {
    ChordSlot moved = slot;
    moved.pitches[voice] = pitch;
    const bool augmented = std::abs(to - pitch) == 3 && has_tendency(next, voice);
    if (pitch != from && pitch != to && is_tone(slot.chord, pitch) && !augmented &&
        !has_tendency(moved, voice)) {
      tones.push_back(pitch);
    }
  }
  if (tones.empty()) return 0;
  return tones[static_cast<size_t>(random.index(static_cast<int64_t>(tones.size())))];
}

Voicing half_beat(const ChordSlot& slot) {
  Voicing voicing = slot.pitches;
  for (size_t v = 0; v < kNumChoraleVoices; ++v) {
    if (slot.ornaments[v] != 0) voicing[v] = slot.ornaments[v];
  }
  return voicing;
}

bool has_semitone_clash(const Voicing& voicing) {
  for (size_t low = 1; low < kNumChoraleVoices; ++low) {
    for (size_t high = 0; high < low; ++high) {
      if ((voicing[high] - voicing[low]) % 12 == 1) return true;
    }
  }
  return false;
}

/// Two voices that move on one half beat go in thirds or sixths.
bool ornaments_agree(const ChordSlot& slot) {
  for (size_t low = 1; low < kNumChoraleVoices; ++low) {
    for (size_t high = 0; high < low; ++high) {
      if (slot.ornaments[high] == 0 || slot.ornaments[low] == 0) continue;
      const int interval = (slot.ornaments[high] - slot.ornaments[low]) % 12;
      const bool agree = interval == 3 || interval == 4 || interval == 8 || interval == 9;
      if (!agree) return false;
    }
  }
  return true;
}

bool is_in_range(const Voicing& voicing) {
  for (size_t v = 0; v < kNumChoraleVoices; ++v) {
    const VoiceRange& range = kVoiceRanges[v];
    if (voicing[v] < range.lowest || voicing[v] > range.highest) return false;
  }
  return true;
}

bool is_legal(const ChordSlot& slot, const ChordSlot& next) {
  const Voicing middle = half_beat(slot);
  return is_in_range(middle) && is_well_spaced(middle) && !has_semitone_clash(middle) &&
         ornaments_agree(slot) && !has_parallels(slot.pitches, middle) &&
         !has_parallels(middle, next.pitches);
}

int draw_ornament(const ChordSlot& slot,
                  const ChordSlot& next,
                  size_t voice,
                  RandomStream& random) {
  const int from = slot.pitches[voice];
  const int to = next.pitches[voice];
  const double chance = random.uniform();
  const int size = std::abs(from - to);
  if (size == 3 || size == 4) {
    return chance < kPassingChance[voice] ? passing_note(slot.key, from, to) : 0;
  }
  if (size != 0) {
    return chance < kSkipChance[voice] ? chord_skip(slot, next, voice, random) : 0;
  }
  const bool above = random.uniform() < 0.4;
  return chance < kNeighbourChance[voice] ? neighbour_note(slot.key, from, above) : 0;
}

}  // namespace

void add_ornaments(std::vector<ChordSlot>& slots, RandomStream& random) {
  for (size_t i = 0; i + 1 < slots.size(); ++i) {
    if (slots[i].fermata) continue;
    std::vector<size_t> order = {0, 1, 2, 3};
    random.shuffle(order);
    for (const size_t v : order) {
      if (has_tendency(slots[i], v)) continue;
      slots[i].ornaments[v] = draw_ornament(slots[i], slots[i + 1], v, random);
      if (slots[i].ornaments[v] != 0 && !is_legal(slots[i], slots[i + 1])) {
        slots[i].ornaments[v] = 0;
      }
    }
  }
}

void add_ties(std::vector<ChordSlot>& slots, RandomStream& random) {
  for (size_t v = 0; v < kNumChoraleVoices; ++v) {
    int64_t length = 1;
    for (size_t i = 0; i + 1 < slots.size(); ++i) {
      const bool may_tie =
          !slots[i].fermata && !slots[i + 1].fermata && slots[i].ornaments[v] == 0 &&
          slots[i].pitches[v] == slots[i + 1].pitches[v] && length < kLongestTieBeats;
      slots[i].tied[v] = may_tie && random.uniform() < kTieChance[v];
      length = slots[i].tied[v] ? length + 1 : 1;
    }
  }
}

std::vector<ChoraleNote> notes_of(const std::vector<ChordSlot>& slots, size_t voice) {
  std::vector<ChoraleNote> notes;
  bool goes_on = false;
  for (const ChordSlot& slot : slots) {
    const auto onset = static_cast<double>(slot.first_beat);
    const bool ornamented = slot.ornaments[voice] != 0;
    const double beats = ornamented ? 0.5 : static_cast<double>(slot.num_beats);
    if (goes_on) {
      notes.back().duration_beats += beats;
    } else {
      notes.push_back({slot.pitches[voice], onset, beats, 0.0, 0.0, slot.fermata, false});
    }
    if (ornamented) {
      notes.push_back({slot.ornaments[voice], onset + 0.5, 0.5, 0.0, 0.0, false, true});
    }
    goes_on = slot.tied[voice];
  }
  return notes;
}

}  // namespace sep::music
