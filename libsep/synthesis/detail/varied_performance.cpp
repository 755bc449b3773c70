#include "libsep/synthesis/detail/varied_performance.h"

#include <algorithm>
#include <cmath>

namespace sep::music {
namespace {

constexpr double kShortestNote = 0.05;  // seconds
constexpr double kReleaseSeconds = 0.25;
constexpr int kFurthestKey = 7;  // semitones
constexpr int kBeyond = 3;

double bounded_normal(double deviation, double largest, RandomStream& random) {
  return std::clamp(deviation * random.normal(), -largest, largest);
}

// How much of its written length a note sounds: a player's habit, and now and then another.
void vary_articulation(std::vector<PlayedNote>& notes,
                       double amount,
                       double seconds,
                       RandomStream& random) {
  const double habit = random.uniform(0.7, 1.05);
  const double deviation = random.uniform(0.02, 0.12);
  const double exceptions = random.uniform(0.0, 0.15);
  const double lateness = random.uniform(0.0, 0.016);
  for (size_t i = 0; i < notes.size(); ++i) {
    PlayedNote& note = notes[i];
    const double detached = random.uniform() < exceptions ? random.uniform(0.4, 0.8) : 1.0;
    const double part =
        std::clamp((habit + deviation * random.normal()) * detached, 0.3, 1.2);
    const double late = amount * bounded_normal(lateness, 0.04, random);
    const double earliest = i == 0 ? 0.0 : notes[i - 1].onset_seconds + kShortestNote;
    note.onset_seconds = std::max(note.onset_seconds + late, earliest);
    note.duration_seconds *= 1.0 + amount * (part - 1.0);
  }
  for (size_t i = 0; i < notes.size(); ++i) {
    const double limit = i + 1 < notes.size() ? notes[i + 1].onset_seconds
                                              : std::max(seconds - kReleaseSeconds, 0.0);
    PlayedNote& note = notes[i];
    note.onset_seconds = std::min(note.onset_seconds, seconds);
    note.duration_seconds =
        std::clamp(note.duration_seconds, 0.0, std::max(limit - note.onset_seconds, 0.0));
  }
}

struct TuningHabit {
  double offset, deviation, drift, jitter, scoop_chance, scoop_cents, glide_chance;
};

TuningHabit draw_tuning(RandomStream& random) {
  TuningHabit habit{};
  habit.offset = bounded_normal(8.0, 20.0, random);
  habit.deviation = random.uniform(2.0, 10.0);
  habit.drift = random.uniform(1.0, 7.0);
  habit.jitter = random.uniform(0.3, 2.5);
  habit.scoop_chance = random.uniform(0.0, 0.6);
  habit.scoop_cents = random.uniform(8.0, 60.0);
  habit.glide_chance = random.uniform(0.0, 0.25);
  return habit;
}

/// Cents every PlayedNote::kCurveSeconds: a slow and a fast first-order noise on top of a
/// start at `from` that dies away.
std::vector<float> draw_curve(const TuningHabit& habit,
                              double from,
                              double fall_seconds,
                              double seconds,
                              RandomStream& random) {
  const double step = PlayedNote::kCurveSeconds;
  const double slow = std::exp(-step / 0.25);
  const double fast = std::exp(-step / 0.012);
  const double fall = std::exp(-step / fall_seconds);
  double drift = habit.drift * random.normal();
  double jitter = 0.0;
  std::vector<float> curve(1 + static_cast<size_t>((seconds + 0.5) / step));
  for (float& cents : curve) {
    drift = slow * drift + std::sqrt(1.0 - slow * slow) * habit.drift * random.normal();
    jitter = fast * jitter + std::sqrt(1.0 - fast * fast) * habit.jitter * random.normal();
    cents = static_cast<float>(std::clamp(drift + jitter + from, -190.0, 190.0));
    from *= fall;
  }
  return curve;
}

void vary_tuning(std::vector<PlayedNote>& notes, double amount, RandomStream& random) {
  const TuningHabit habit = draw_tuning(random);
  for (size_t i = 0; i < notes.size(); ++i) {
    PlayedNote& note = notes[i];
    double from = random.uniform() < habit.scoop_chance
                      ? -habit.scoop_cents * random.uniform(0.2, 1.0)
                      : 0.0;
    const int interval = i == 0 ? 0 : notes[i - 1].pitch - note.pitch;
    if (random.uniform() < habit.glide_chance && std::abs(interval) <= 4) {
      from = 35.0 * static_cast<double>(interval);
    }
    note.cents += amount * (habit.offset + bounded_normal(habit.deviation, 25.0, random));
    note.pitch_curve =
        draw_curve(habit, from, random.uniform(0.012, 0.06), note.duration_seconds, random);
    for (float& cents : note.pitch_curve) cents *= static_cast<float>(amount);
  }
}

void vary_vibrato(std::vector<PlayedNote>& notes,
                  const ChoralePlayer& player,
                  double amount,
                  RandomStream& random) {
  // Strings nearly always, winds now and then; some players none at all.
  const bool often = player.vibrato_cents > 10.0;
  const bool at_all = random.uniform() < (often ? 0.9 : 0.5);
  const double depth = at_all ? random.uniform(3.0, often ? 38.0 : 20.0) : 0.0;
  const double chance = random.uniform(0.5, 1.0);
  const double faster = random.uniform(0.8, 1.2);
  const double delay = random.uniform(0.0, 0.3);
  for (PlayedNote& note : notes) {
    const bool with = note.duration_seconds > 0.2 && random.uniform() < chance;
    const double wanted = with ? depth * random.uniform(0.4, 1.4) : 0.0;
    note.vibrato_cents += std::min(amount, 1.0) * (wanted - note.vibrato_cents);
    if (amount > 1.0) note.vibrato_cents *= amount;
    note.vibrato_hz *= 1.0 + amount * (faster * random.uniform(0.93, 1.07) - 1.0);
    note.vibrato_delay = std::max(
        0.0, note.vibrato_delay + amount * (delay * random.uniform(0.5, 1.5) - 0.15));
    note.vibrato_rise *= 1.0 + std::min(amount, 1.0) * (random.uniform(0.4, 1.6) - 1.0);
  }
}

void vary_timbre(std::vector<PlayedNote>& notes,
                 const ChoralePlayer& player,
                 double amount,
                 RandomStream& random) {
  const double louder = random.uniform(-34.0, 16.0);
  const double deviation = random.uniform(3.0, 11.0);
  const double shift = random.uniform(-4.0, 4.0);
  for (PlayedNote& note : notes) {
    const double velocity = static_cast<double>(note.velocity) +
                            amount * (louder + bounded_normal(deviation, 35.0, random));
    note.velocity = static_cast<int>(std::lround(std::clamp(velocity, 20.0, 127.0)));
    const double wanted = amount * (shift + bounded_normal(1.2, 3.0, random));
    const int key = std::clamp(note.pitch + static_cast<int>(std::lround(wanted)),
                               std::min(player.lowest, note.pitch),
                               std::max(player.highest, note.pitch));
    note.key_shift = std::clamp(key - note.pitch, -kFurthestKey, kFurthestKey);
  }
}

}  // namespace

void transpose_by_chance(Chorale& chorale,
                         const std::vector<ChoralePlayer>& players,
                         double amount,
                         RandomStream& random) {
  double low = -3.0 * amount;
  double high = 6.0 * amount;
  for (size_t v = 0; v < chorale.voices.size(); ++v) {
    for (const ChoraleNote& note : chorale.voices[v]) {
      low = std::max(low, static_cast<double>(players[v].lowest - note.pitch));
      high = std::min(high, static_cast<double>(players[v].highest - note.pitch));
    }
  }
  const double drawn = random.uniform();
  if (low > high) return;
  const int semitones = static_cast<int>(std::lround(low + drawn * (high - low)));
  const auto moved = [&](Key& key) { key.tonic = (key.tonic + semitones + 120) % 12; };
  moved(chorale.key);
  for (ChoralePhrase& phrase : chorale.phrases) moved(phrase.key);
  for (auto& voice : chorale.voices) {
    for (ChoraleNote& note : voice) note.pitch += semitones;
  }
}

int draw_program(const ChoralePlayer& player,
                 const std::vector<ChoraleNote>& notes,
                 double amount,
                 RandomStream& random) {
  std::vector<int> programs;
  for (const NearProgram& near : player.near) {
    const bool fits = std::all_of(notes.begin(), notes.end(), [&](const ChoraleNote& note) {
      return note.pitch >= near.lowest - kBeyond && note.pitch <= near.highest + kBeyond;
    });
    if (fits) programs.push_back(near.program);
  }
  if (programs.empty() || random.uniform() >= 0.5 * amount) return player.program;
  return programs[static_cast<size_t>(random.index(static_cast<int64_t>(programs.size())))];
}

void vary_performance(std::vector<PlayedNote>& notes,
                      const ChoralePlayer& player,
                      const Variations& variations,
                      double seconds,
                      uint64_t seed,
                      const std::vector<int64_t>& indices) {
  const auto stream = [&](const char* name) { return RandomStream(seed, name, indices); };
  if (variations.articulation > 0.0) {
    auto random = stream("data/chorale/vary/articulation");
    vary_articulation(notes, variations.articulation, seconds, random);
  }
  if (variations.tuning > 0.0) {
    auto random = stream("data/chorale/vary/tuning");
    vary_tuning(notes, variations.tuning, random);
  }
  if (variations.vibrato > 0.0) {
    auto random = stream("data/chorale/vary/vibrato");
    vary_vibrato(notes, player, variations.vibrato, random);
  }
  if (variations.timbre > 0.0) {
    auto random = stream("data/chorale/vary/timbre");
    vary_timbre(notes, player, variations.timbre, random);
  }
}

}  // namespace sep::music
