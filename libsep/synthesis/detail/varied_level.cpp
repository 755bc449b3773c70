#include "libsep/synthesis/detail/varied_level.h"

#include <algorithm>
#include <cmath>

namespace sep::music {
namespace {

constexpr double kStep = 0.002;  // seconds
constexpr double kSmooth = 0.006;
constexpr double kTwoPi = 6.283185307179586;

struct LevelHabit {
  double deviation, attack_db, attack_seconds, line, slow, slow_seconds, fast, tremolo;
};

LevelHabit draw_habit(RandomStream& random) {
  LevelHabit habit{};
  habit.deviation = random.uniform(0.7, 3.2);
  habit.attack_db = random.uniform(0.0, 15.0);
  habit.attack_seconds = 0.005 * std::pow(18.0, random.uniform());
  habit.line = random.uniform(0.5, 3.5);
  habit.slow = random.uniform(0.3, 2.2);
  habit.slow_seconds = random.uniform(0.5, 3.0);
  habit.fast = random.uniform(0.1, 0.8);
  habit.tremolo = random.uniform(0.0, 1.2);
  return habit;
}

struct NoteLevel {
  double db, attack_db, attack_seconds, begin_db, end_db, middle_db, tremolo_db;
};

NoteLevel draw_note(const LevelHabit& habit, RandomStream& random) {
  NoteLevel level{};
  level.db = habit.deviation * random.normal();
  level.attack_db = habit.attack_db * random.uniform(0.3, 1.5);
  level.attack_seconds = habit.attack_seconds * random.uniform(0.6, 1.6);
  level.begin_db = habit.line * random.normal();
  level.end_db = habit.line * random.normal() - 2.0;
  level.middle_db = habit.line * std::max(0.0, random.normal());
  level.tremolo_db = habit.tremolo * random.uniform();
  return level;
}

double level_at(const NoteLevel& level, const PlayedNote& note, double seconds) {
  const double into = std::max(0.0, seconds - note.onset_seconds);
  const double x = std::min(1.0, into / std::max(note.duration_seconds, 0.05));
  const double rising = std::exp(-into / level.attack_seconds);
  const double vibrating = std::clamp(2.0 * (into - note.vibrato_delay), 0.0, 1.0);
  return level.db + level.begin_db + x * (level.end_db - level.begin_db) +
         level.middle_db * 4.0 * x * (1.0 - x) - level.attack_db * rising +
         level.tremolo_db * vibrating * std::sin(kTwoPi * note.vibrato_hz * into);
}

// In dB, every kStep.
std::vector<double> draw_levels(const std::vector<PlayedNote>& notes,
                                double seconds,
                                RandomStream& random) {
  const LevelHabit habit = draw_habit(random);
  const double slow = std::exp(-kStep / habit.slow_seconds);
  const double fast = std::exp(-kStep / 0.02);
  const double smooth = std::exp(-kStep / kSmooth);
  double slow_db = habit.slow * random.normal();
  double fast_db = 0.0;
  double smoothed = 0.0;
  std::vector<double> levels;
  size_t next = 0;
  NoteLevel level{};
  level.attack_seconds = 1.0;
  for (size_t i = 0; static_cast<double>(i) * kStep <= seconds + kStep; ++i) {
    const double now = static_cast<double>(i) * kStep;
    for (; next < notes.size() && notes[next].onset_seconds <= now; ++next) {
      level = draw_note(habit, random);
    }
    slow_db = slow * slow_db + std::sqrt(1.0 - slow * slow) * habit.slow * random.normal();
    fast_db = fast * fast_db + std::sqrt(1.0 - fast * fast) * habit.fast * random.normal();
    const double wanted = next == 0 ? 0.0 : level_at(level, notes[next - 1], now);
    smoothed = smooth * smoothed + (1.0 - smooth) * wanted;
    levels.push_back(smoothed + slow_db + fast_db);
  }
  return levels;
}

}  // namespace

void vary_levels(Signal& signal,
                 const std::vector<PlayedNote>& notes,
                 double amount,
                 RandomStream& random) {
  std::vector<double> gains = draw_levels(notes, signal.seconds(), random);
  for (double& gain : gains) {
    gain = std::pow(10.0, std::clamp(amount * gain, -40.0, 9.0) / 20.0);
  }
  const double steps = 1.0 / (kStep * static_cast<double>(signal.sample_rate));
  for (size_t n = 0; n < signal.samples.size(); ++n) {
    const double at = static_cast<double>(n) * steps;
    const auto low = std::min(static_cast<size_t>(at), gains.size() - 2);
    const double part = at - static_cast<double>(low);
    const double gain = gains[low] + part * (gains[low + 1] - gains[low]);
    signal.samples[n] = static_cast<float>(gain * static_cast<double>(signal.samples[n]));
  }
}

}  // namespace sep::music
