#pragma once

#include <array>
#include <set>
#include <string>
#include <vector>

#include "tests/support/voice_leading.h"

/// A chorale of one phrase in C, a chord a beat, the last one under a fermata. Each chord
/// is {soprano, alto, tenor, bass}.
inline sep::music::Chorale make_chorale(
    const std::vector<std::array<int, 4>>& chords,
    sep::music::Mode mode = sep::music::Mode::kMajor,
    sep::music::Cadence cadence = sep::music::Cadence::kPerfect) {
  sep::music::Chorale chorale;
  chorale.key = {0, mode};
  chorale.upbeat_beats = 1;
  chorale.beats_per_minute = 60.0;
  chorale.phrases = {{0, static_cast<int64_t>(chords.size()), chorale.key, cadence, {}}};
  for (size_t i = 0; i < chords.size(); ++i) {
    const auto beat = static_cast<double>(i);
    for (size_t v = 0; v < 4; ++v) {
      sep::music::ChoraleNote note;
      note.pitch = chords[i][v];
      note.onset_beats = beat;
      note.onset_seconds = beat;
      note.duration_seconds = 1.0;
      note.fermata = i + 1 == chords.size();
      chorale.voices[v].push_back(note);
    }
  }
  chorale.seconds = static_cast<double>(chords.size()) + 1.0;
  return chorale;
}

/// I ii6 V I, without a fault.
inline std::vector<std::array<int, 4>> plain_chords() {
  return {{72, 67, 64, 48}, {74, 69, 62, 53}, {71, 67, 62, 55}, {72, 67, 64, 48}};
}

inline std::set<std::string> rules_broken(const sep::music::Chorale& chorale) {
  std::set<std::string> rules;
  for (const auto& violation : sep::music::check_voice_leading(chorale)) {
    rules.insert(violation.rule);
  }
  return rules;
}
