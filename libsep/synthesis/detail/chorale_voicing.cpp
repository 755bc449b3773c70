#include "libsep/synthesis/detail/chorale_voicing.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace sep::music {
namespace {

constexpr double kImpossible = std::numeric_limits<double>::infinity();
constexpr int kWidestUpper = 12;  // soprano to alto, alto to tenor
constexpr int kWidestBass = 24;   // tenor to bass

int pitch_class(int pitch) { return pitch % 12; }

int count_class(const Voicing& voicing, int wanted) {
  return static_cast<int>(std::count_if(voicing.begin(), voicing.end(), [&](int pitch) {
    return pitch_class(pitch) == wanted;
  }));
}

// What the doublings of a voicing cost; infinite where they are no setting of the chord.
double doubling_cost(const PlacedChord& placed, const Voicing& voicing) {
  const Chord& chord = placed.chord;
  std::array<int, 4> counts = {};
  for (size_t tone = 0; tone < chord.tones.size(); ++tone) {
    counts[tone] = count_class(voicing, placed.pitch_class(tone));
  }
  const bool may_lack_fifth =
      chord.bass == 0 && (chord.name == "I" || chord.name == "i" || chord.name == "V7");
  if (counts[0] == 0 || counts[1] == 0 || counts[1] > 2) return kImpossible;
  if (counts[2] == 0 && !may_lack_fifth) return kImpossible;
  if (chord.has_seventh() && counts[3] != 1) return kImpossible;
  if (chord.leading >= 0 && counts[static_cast<size_t>(chord.leading)] != 1) {
    return kImpossible;
  }
  const double third_doubled = counts[1] == 2 && chord.leading != 0 ? 2.0 : 0.0;
  return (counts[2] == 0 ? 3.0 : 0.0) + third_doubled + (counts[2] == 2 ? 0.7 : 0.0) +
         (voicing[0] == voicing[1] ? 2.0 : 0.0) + (voicing[1] == voicing[2] ? 1.5 : 0.0) +
         (voicing[2] == voicing[3] ? 2.5 : 0.0);
}

std::vector<int> pitches_of(const PlacedChord& placed, size_t voice) {
  std::vector<int> pitches;
  for (int pitch = kVoiceRanges[voice].lowest; pitch <= kVoiceRanges[voice].highest;
       ++pitch) {
    for (size_t tone = 0; tone < placed.chord.tones.size(); ++tone) {
      if (voice == 3 && tone != placed.chord.bass) continue;
      if (pitch_class(pitch) == placed.pitch_class(tone)) pitches.push_back(pitch);
    }
  }
  return pitches;
}

struct Candidate {
  Voicing pitches;
  double cost = 0.0;     // of itself
  double total = 0.0;    // of the best way here
  size_t best_from = 0;  // index among the chord before
};

std::vector<Candidate> voicings_of(const PlacedChord& placed) {
  std::vector<Candidate> candidates;
  for (const int bass : pitches_of(placed, 3)) {
    for (const int tenor : pitches_of(placed, 2)) {
      for (const int alto : pitches_of(placed, 1)) {
        for (const int soprano : pitches_of(placed, 0)) {
          const Voicing voicing = {soprano, alto, tenor, bass};
          if (!is_well_spaced(voicing)) continue;
          const double cost = doubling_cost(placed, voicing);
          if (cost < kImpossible) candidates.push_back({voicing, cost, 0.0, 0});
        }
      }
    }
  }
  return candidates;
}

// Outer voices that leap together into a fifth or octave.
bool has_hidden_perfect(const Voicing& from, const Voicing& to) {
  const int soprano = to[0] - from[0];
  const int bass = to[3] - from[3];
  const int interval = (to[0] - to[3]) % 12;
  return std::abs(soprano) > 2 && soprano * bass > 0 && (interval == 0 || interval == 7);
}

bool is_singable(size_t voice, int interval) {
  const int size = std::abs(interval);
  if (voice == 3) return size <= 5 || size == 7 || size == 8 || size == 9 || size == 12;
  return size <= 5 || size == 7;
}

// The step of three semitones onto or off a leading tone, as A flat to B.
bool is_augmented_second(const PlacedChord& chord, int from, int to) {
  if (chord.chord.leading < 0 || std::abs(to - from) != 3) return false;
  const int leading = chord.pitch_class(static_cast<size_t>(chord.chord.leading));
  const int upper = pitch_class(std::max(from, to));
  return upper == leading;
}

bool resolves(const PlacedChord& chord, int from, int to) {
  if (from == to) return true;
  if (chord.chord.leading >= 0 &&
      pitch_class(from) == chord.pitch_class(static_cast<size_t>(chord.chord.leading))) {
    return to == from + 1;
  }
  if (chord.chord.has_seventh() && pitch_class(from) == chord.pitch_class(3)) {
    return to == from - 1 || to == from - 2;
  }
  return true;
}

double motion_cost(const Voicing& from, const Voicing& to) {
  static constexpr std::array<double, kNumChoraleVoices> weights = {0.25, 0.45, 0.45, 0.12};
  double cost = 0.0;
  for (size_t v = 0; v < kNumChoraleVoices; ++v) {
    const int size = std::abs(to[v] - from[v]);
    cost += weights[v] * size + (v < 3 && size > 4 ? 2.0 : 0.0);
    if (v > 0 && to[v] > from[v - 1]) cost += 2.5;  // overlap
    if (v < 3 && to[v] < from[v + 1]) cost += 2.5;
  }
  const bool together = (to[0] - from[0]) * (to[3] - from[3]) > 0;
  return cost + (to[0] == from[0] ? 1.6 : 0.0) + (to[3] == from[3] ? 0.8 : 0.0) +
         (together ? 0.5 : 0.0);
}

// Into a new phrase singers breathe first: any leap within the octave, no tendencies.
double break_cost(const Voicing& from, const Voicing& to) {
  for (size_t v = 0; v < kNumChoraleVoices; ++v) {
    if (std::abs(to[v] - from[v]) > 12) return kImpossible;
  }
  return has_parallels(from, to) ? kImpossible : 0.5 * motion_cost(from, to);
}

double transition_cost(const PlacedChord& from_chord,
                       const Voicing& from,
                       const PlacedChord& to_chord,
                       const Voicing& to) {
  for (size_t v = 0; v < kNumChoraleVoices; ++v) {
    if (!is_singable(v, to[v] - from[v]) || !resolves(from_chord, from[v], to[v]) ||
        is_augmented_second(from_chord, from[v], to[v]) ||
        is_augmented_second(to_chord, from[v], to[v])) {
      return kImpossible;
    }
  }
  if (has_parallels(from, to) || has_hidden_perfect(from, to)) return kImpossible;
  return motion_cost(from, to);
}

std::vector<Candidate> first_candidates(const VoicingTask& task) {
  auto candidates = voicings_of(task.chords.front());
  for (Candidate& candidate : candidates) {
    candidate.total =
        candidate.cost +
        (task.before ? break_cost(task.before->pitches, candidate.pitches) : 0.0);
  }
  return candidates;
}

std::vector<Candidate> next_candidates(const VoicingTask& task,
                                       size_t i,
                                       const std::vector<Candidate>& last) {
  auto candidates = voicings_of(task.chords[i]);
  for (Candidate& candidate : candidates) {
    candidate.total = kImpossible;
    for (size_t from = 0; from < last.size(); ++from) {
      if (last[from].total + candidate.cost >= candidate.total) continue;
      const double total =
          last[from].total + candidate.cost +
          transition_cost(
              task.chords[i - 1], last[from].pitches, task.chords[i], candidate.pitches);
      if (total < candidate.total) {
        candidate.total = total;
        candidate.best_from = from;
      }
    }
  }
  return candidates;
}

// Added once a chord is reached: it is the same for all ways there.
void add_wishes(const VoicingTask& task,
                size_t i,
                std::vector<Candidate>& candidates,
                RandomStream& random) {
  for (Candidate& candidate : candidates) {
    const int soprano = candidate.pitches[0];
    candidate.total +=
        0.45 * std::abs(soprano - task.soprano[i]) + random.uniform(0.0, 1.5);
    if (i + 1 == task.chords.size() && task.last_soprano &&
        pitch_class(soprano) != *task.last_soprano) {
      candidate.total = kImpossible;
    }
  }
}

}  // namespace

bool has_parallels(const Voicing& from, const Voicing& to) {
  for (size_t low = 1; low < kNumChoraleVoices; ++low) {
    for (size_t high = 0; high < low; ++high) {
      if (from[high] == to[high] || from[low] == to[low]) continue;
      const int before = (from[high] - from[low]) % 12;
      const int after = (to[high] - to[low]) % 12;
      if (before == after && (after == 0 || after == 7)) return true;
    }
  }
  return false;
}

bool is_well_spaced(const Voicing& voicing) {
  const int upper = voicing[0] - voicing[1];
  const int middle = voicing[1] - voicing[2];
  const int lower = voicing[2] - voicing[3];
  return upper >= 0 && upper <= kWidestUpper && middle >= 0 && middle <= kWidestUpper &&
         lower >= 0 && lower <= kWidestBass;
}

std::optional<std::vector<Voicing>> find_voicings(const VoicingTask& task,
                                                  RandomStream& random) {
  std::vector<std::vector<Candidate>> lattice = {first_candidates(task)};
  add_wishes(task, 0, lattice.back(), random);
  for (size_t i = 1; i < task.chords.size(); ++i) {
    lattice.push_back(next_candidates(task, i, lattice.back()));
    add_wishes(task, i, lattice.back(), random);
  }
  const auto cheaper = [](const Candidate& a, const Candidate& b) {
    return a.total < b.total;
  };
  const auto& ends = lattice.back();
  auto best = std::min_element(ends.begin(), ends.end(), cheaper);
  if (best == ends.end() || best->total == kImpossible) return std::nullopt;
  std::vector<Voicing> voicings(task.chords.size());
  const Candidate* at = &*best;
  for (size_t i = task.chords.size(); i-- > 0;) {
    voicings[i] = at->pitches;
    if (i > 0) at = &lattice[i - 1][at->best_from];
  }
  return voicings;
}

}  // namespace sep::music
