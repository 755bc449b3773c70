#include "libsep/synthesis/detail/inner_voice.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

#include "libsep/synthesis/detail/chorale_ornaments.h"

namespace sep::music {
namespace {

constexpr double kUnison = 8.0;  // costs, in semitones of movement
constexpr double kLeadingTone = 6.0;
constexpr double kSeventh = 4.0;
constexpr double kRepeated = 1.5;
constexpr double kLeap = 5.0;
constexpr int kLargestStep = 7;
constexpr double kOffMiddle = 0.2;
constexpr double kOutside = 1.5;  // a semitone above or below the neighbours
constexpr double kTieChance = 0.5;
constexpr double kPassingChance = 0.5;
constexpr int kLongestTie = 3;

using Voices = std::vector<std::vector<ChoraleNote>>;

/// A moment at which voices begin a chord, and the longest of their notes there.
struct Slot {
  ChoraleNote model;
  std::vector<int> chord;     // pitches of the chorale's voices
  std::vector<int> occupied;  // of all others
  int upper = 127;            // what the neighbours sing
  int lower = 0;
};

std::vector<int> sounding_at(const Voices& voices, double beats) {
  std::vector<int> pitches;
  for (const auto& voice : voices) {
    for (const ChoraleNote& note : voice) {
      if (note.onset_beats <= beats + 1e-9 &&
          beats + 1e-9 < note.onset_beats + note.duration_beats) {
        pitches.push_back(note.pitch);
      }
    }
  }
  return pitches;
}

std::vector<Slot> find_slots(const Chorale& chorale,
                             const Voices& others,
                             const VoicePlace& place) {
  std::map<int64_t, Slot> slots;
  for (const auto& voice : chorale.voices) {
    for (const ChoraleNote& note : voice) {
      const auto beat = std::llround(note.onset_beats);
      if (std::abs(note.onset_beats - static_cast<double>(beat)) > 1e-9) continue;
      Slot& slot = slots[beat];
      if (note.duration_beats > slot.model.duration_beats || slot.chord.empty()) {
        slot.model = note;
      }
      slot.chord = sounding_at(chorale.voices, note.onset_beats);
      slot.occupied = sounding_at(others, note.onset_beats);
      for (const int pitch : sounding_at({place.above}, note.onset_beats)) {
        slot.upper = pitch;
      }
      for (const int pitch : sounding_at({place.below}, note.onset_beats)) {
        slot.lower = pitch;
      }
    }
  }
  std::vector<Slot> ordered;
  ordered.reserve(slots.size());
  for (auto& [beat, slot] : slots) ordered.push_back(std::move(slot));
  for (size_t i = 0; i + 1 < ordered.size(); ++i) {
    ChoraleNote& note = ordered[i].model;
    const ChoraleNote& next = ordered[i + 1].model;
    if (note.fermata) continue;
    note.duration_beats = next.onset_beats - note.onset_beats;
    note.duration_seconds = next.onset_seconds - note.onset_seconds;
  }
  return ordered;
}

bool contains(const std::vector<int>& pitches, int pitch) {
  return std::find(pitches.begin(), pitches.end(), pitch) != pitches.end();
}

bool any_of_class(const std::vector<int>& pitches, int pitch) {
  return std::any_of(
      pitches.begin(), pitches.end(), [&](int other) { return (pitch - other) % 12 == 0; });
}

double cost_of(const Chorale& chorale, const Slot& slot, int pitch) {
  const Key& key = key_at(chorale, slot.model.onset_beats);
  const bool leading = (pitch - key.tonic + 144) % 12 == 11;
  const bool seventh =
      any_of_class(slot.chord, pitch + 2) || any_of_class(slot.chord, pitch + 1);
  const int outside = std::max({0, pitch - slot.upper, slot.lower - pitch});
  const double middle = 0.5 * static_cast<double>(slot.upper + slot.lower);
  return (contains(slot.occupied, pitch) ? kUnison : 0.0) + (leading ? kLeadingTone : 0.0) +
         (seventh ? kSeventh : 0.0) + kOutside * static_cast<double>(outside) +
         kOffMiddle * std::abs(static_cast<double>(pitch) - middle);
}

double movement(int from, int to) {
  const int size = std::abs(to - from);
  return size == 0 ? kRepeated
                   : static_cast<double>(size) + (size > kLargestStep ? kLeap : 0.0);
}

struct Candidate {
  int pitch;
  double total;
  size_t from;
};

// Viterbi's algorithm over the chord tones within the range.
std::vector<int> cheapest_line(const Chorale& chorale,
                               const std::vector<Slot>& slots,
                               const VoicePlace& place,
                               RandomStream& random) {
  std::vector<std::vector<Candidate>> lattice;
  for (const Slot& slot : slots) {
    std::vector<Candidate> candidates;
    for (int pitch = place.lowest; pitch <= place.highest; ++pitch) {
      if (!any_of_class(slot.chord, pitch)) continue;
      Candidate candidate = {pitch, 0.0, 0};
      if (!lattice.empty()) {
        const auto& before = lattice.back();
        const auto total = [&](const Candidate& from) {
          return from.total + movement(from.pitch, pitch);
        };
        const auto best = std::min_element(
            before.begin(), before.end(), [&](const Candidate& a, const Candidate& b) {
              return total(a) < total(b);
            });
        candidate.from = static_cast<size_t>(best - before.begin());
        candidate.total = total(*best);
      }
      candidate.total += cost_of(chorale, slot, pitch) + random.uniform();
      candidates.push_back(candidate);
    }
    lattice.push_back(std::move(candidates));
  }
  const auto& ends = lattice.back();
  auto at = static_cast<size_t>(
      std::min_element(ends.begin(),
                       ends.end(),
                       [](const auto& a, const auto& b) { return a.total < b.total; }) -
      ends.begin());
  std::vector<int> line(slots.size());
  for (size_t i = slots.size(); i-- > 0;) {
    line[i] = lattice[i][at].pitch;
    at = lattice[i][at].from;
  }
  return line;
}

/// Between two pitches a third apart on a half beat, where nothing clashes; 0 for none.
int passing_pitch(
    const Chorale& chorale, const Voices& others, const Slot& slot, int from, int to) {
  const int size = std::abs(to - from);
  if ((size != 3 && size != 4) || slot.model.duration_beats != 1.0) return 0;
  const int pitch = scale_step(key_at(chorale, slot.model.onset_beats), from, to > from);
  for (const int other : sounding_at(others, slot.model.onset_beats + 0.5)) {
    const int interval = std::abs(other - pitch) % 12;
    if (interval == 0 || interval == 1 || interval == 11) return 0;
  }
  return std::abs(to - pitch) <= 2 ? pitch : 0;
}

void add_with_passing(std::vector<ChoraleNote>& notes, ChoraleNote note, int passing) {
  if (passing == 0) {
    notes.push_back(note);
    return;
  }
  note.duration_beats *= 0.5;
  note.duration_seconds *= 0.5;
  notes.push_back(note);
  note.pitch = passing;
  note.onset_beats += note.duration_beats;
  note.onset_seconds += note.duration_seconds;
  note.ornament = true;
  notes.push_back(note);
}

}  // namespace

std::vector<ChoraleNote> fill_voice(const Chorale& chorale,
                                    const Voices& others,
                                    const VoicePlace& place,
                                    RandomStream& random) {
  const auto slots = find_slots(chorale, others, place);
  const auto line = cheapest_line(chorale, slots, place, random);
  std::vector<ChoraleNote> notes;
  int tied = 1;
  for (size_t i = 0; i < slots.size(); ++i) {
    ChoraleNote note = slots[i].model;
    note.pitch = line[i];
    note.ornament = false;
    const bool tie = i > 0 && line[i] == line[i - 1] && !note.fermata &&
                     !slots[i - 1].model.fermata && tied < kLongestTie &&
                     random.uniform() < kTieChance && notes.back().pitch == line[i];
    tied = tie ? tied + 1 : 1;
    if (tie) {
      notes.back().duration_beats += note.duration_beats;
      notes.back().duration_seconds += note.duration_seconds;
      continue;
    }
    const bool passes =
        i + 1 < slots.size() && !note.fermata && random.uniform() < kPassingChance;
    const int passing =
        passes ? passing_pitch(chorale, others, slots[i], line[i], line[i + 1]) : 0;
    add_with_passing(notes, note, passing);
  }
  return notes;
}

}  // namespace sep::music
