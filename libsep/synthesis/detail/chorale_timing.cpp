#include "libsep/synthesis/detail/chorale_timing.h"

#include <algorithm>
#include <cmath>

namespace sep::music {
namespace {

constexpr double kArch = 0.07;         // slower at the ends of a phrase than in its middle
constexpr double kWander = 0.012;      // standard deviation from beat to beat
constexpr double kFermataBeats = 0.9;  // that a fermata adds
constexpr double kLastBeats = 1.3;     // that the last one adds
constexpr double kSlowingBeats = 4.0;  // before the last chord
constexpr double kSlowing = 0.25;      // of the last beat before it

double lead_seconds(const Chorale& chorale, RandomStream& random) {
  return std::min(random.uniform(0.08, 0.3), 0.05 * chorale.seconds);
}

double tail_seconds(const Chorale& chorale, RandomStream& random) {
  return std::min(random.uniform(0.4, 0.7), 0.1 * chorale.seconds);
}

// How long each beat of a phrase is, 1 on average before the fermata.
std::vector<double> beat_lengths(const ChoralePhrase& phrase,
                                 int64_t last_beats,
                                 bool is_last,
                                 RandomStream& random) {
  std::vector<double> lengths;
  const auto num_beats = static_cast<double>(phrase.num_beats);
  const double last_chord = num_beats - static_cast<double>(last_beats);
  for (int64_t i = 0; i < phrase.num_beats; ++i) {
    const double x = 2.0 * (static_cast<double>(i) + 0.5) / num_beats - 1.0;
    double length = 1.0 + kArch * (x * x - 1.0 / 3.0) + kWander * random.normal();
    const double to_go = last_chord - static_cast<double>(i);
    if (is_last && to_go > 0.0 && to_go < kSlowingBeats) {
      length *= 1.0 + kSlowing * (1.0 - to_go / kSlowingBeats);
    }
    if (to_go <= 0.0) {
      length += (is_last ? kLastBeats : kFermataBeats) * random.uniform(0.8, 1.2) /
                static_cast<double>(last_beats);
    }
    lengths.push_back(length);
  }
  return lengths;
}

/// When each beat begins, in units of the average beat, and when the last one ends.
std::vector<double> beat_times(const Chorale& chorale, RandomStream& random) {
  std::vector<double> times = {0.0};
  const int64_t last_beats = chorale.upbeat_beats == 1 ? 1 : 2;
  for (size_t i = 0; i < chorale.phrases.size(); ++i) {
    const bool is_last = i + 1 == chorale.phrases.size();
    for (const double length :
         beat_lengths(chorale.phrases[i], last_beats, is_last, random)) {
      times.push_back(times.back() + length);
    }
  }
  return times;
}

double interpolate(const std::vector<double>& times, double beat) {
  const auto whole = std::min(static_cast<size_t>(beat), times.size() - 2);
  const double part = beat - static_cast<double>(whole);
  return times[whole] + part * (times[whole + 1] - times[whole]);
}

}  // namespace

int64_t choose_num_beats(double seconds, RandomStream& random) {
  const double beats_per_minute = random.uniform(84.0, 104.0);
  const double beats = (seconds - 0.8) * beats_per_minute / 60.0;
  // A fermata for every eight beats.
  const double written = beats * 8.0 / (8.0 + kFermataBeats) - 0.5;
  return std::max<int64_t>(4, 2 * std::llround(written / 2.0));
}

void conduct(Chorale& chorale, RandomStream& random) {
  const double lead = lead_seconds(chorale, random);
  const double music = chorale.seconds - lead - tail_seconds(chorale, random);
  const auto times = beat_times(chorale, random);
  const double beat_seconds = music / times.back();
  chorale.beats_per_minute = 60.0 * static_cast<double>(chorale.num_beats()) / music;
  std::vector<double> breaths;  // the same for all voices
  for (size_t i = 0; i < chorale.phrases.size(); ++i) {
    breaths.push_back(beat_seconds * random.uniform(0.35, 0.7));
  }
  breaths.back() = 0.0;
  for (auto& voice : chorale.voices) {
    size_t phrase = 0;
    for (ChoraleNote& note : voice) {
      const double end = interpolate(times, note.onset_beats + note.duration_beats);
      const double onset = interpolate(times, note.onset_beats);
      note.onset_seconds = lead + beat_seconds * onset;
      note.duration_seconds = beat_seconds * (end - onset);
      if (note.fermata) note.duration_seconds -= breaths[phrase++];
    }
  }
}

}  // namespace sep::music
