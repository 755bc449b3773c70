#include "libsep/synthesis/chorale_player.h"

#include <algorithm>
#include <cmath>

#include "libsep/core/error.h"
#include "libsep/synthesis/detail/fluid_voice.h"
#include "libsep/synthesis/sound_font.h"

namespace sep::music {
namespace {

constexpr double kOnsetDeviation = 0.013;  // seconds
constexpr double kLargestOnset = 0.035;
constexpr double kVibratoFrom = 0.35;  // seconds; shorter notes have none
constexpr double kReleaseSeconds = 0.25;

double bounded_normal(double deviation, double largest, RandomStream& random) {
  return std::clamp(deviation * random.normal(), -largest, largest);
}

/// Where in its phrase a note begins: 0 … 1.
double phrase_position(const Chorale& chorale, const ChoraleNote& note) {
  for (const ChoralePhrase& phrase : chorale.phrases) {
    const double from = note.onset_beats - static_cast<double>(phrase.first_beat);
    const auto beats = static_cast<double>(phrase.num_beats);
    if (from < beats) return from / beats;
  }
  return 1.0;
}

// Louder towards the middle of the phrase; ornaments and weak beats lighter.
int draw_velocity(const Chorale& chorale, const ChoraleNote& note, RandomStream& random) {
  const double x = 2.0 * phrase_position(chorale, note) - 1.0;
  const double velocity = 82.0 + 14.0 * (1.0 - x * x) - (note.ornament ? 6.0 : 0.0) +
                          bounded_normal(5.0, 12.0, random);
  return static_cast<int>(std::lround(std::clamp(velocity, 1.0, 127.0)));
}

PlayedNote draw_note(const Chorale& chorale,
                     const ChoraleNote& note,
                     const ChoralePlayer& player,
                     double tuning_cents,
                     RandomStream& random) {
  PlayedNote played;
  played.pitch = note.pitch;
  played.onset_seconds =
      note.onset_seconds + bounded_normal(kOnsetDeviation, kLargestOnset, random);
  played.onset_seconds = std::max(played.onset_seconds, 0.0);
  const double gap = note.fermata ? 0.0 : random.uniform(0.5, 1.5) * (1.0 - player.legato);
  const double end = note.onset_seconds + note.duration_seconds * (1.0 - gap);
  played.duration_seconds = std::max(end - played.onset_seconds, 0.05);
  played.velocity = draw_velocity(chorale, note, random);
  played.cents = tuning_cents + bounded_normal(5.0, 12.0, random);
  const double depth = random.uniform(0.6, 1.4) * player.vibrato_cents;
  played.vibrato_cents = played.duration_seconds < kVibratoFrom ? 0.0 : depth;
  played.vibrato_hz = player.vibrato_hz * random.uniform(0.93, 1.07);
  played.swell = random.uniform(0.15, 0.5);
  return played;
}

// Deviations of neighbours may cross, and the last note must die away in time.
void put_in_order(std::vector<PlayedNote>& notes, double seconds) {
  for (size_t i = 0; i < notes.size(); ++i) {
    const double limit = i + 1 < notes.size() ? notes[i + 1].onset_seconds
                                              : std::max(seconds - kReleaseSeconds, 0.0);
    PlayedNote& note = notes[i];
    note.duration_seconds = std::min(note.duration_seconds, limit - note.onset_seconds);
  }
}

}  // namespace

const std::vector<ChoralePlayer>& chorale_players() {
  static const std::vector<ChoralePlayer> players = {
      {"violin", 40, 16.0, 5.9, 0.97, 0.05, 55, 100, {{110, 55, 96}, {41, 48, 88}}},
      {"clarinet", 71, 0.0, 5.0, 0.95, 0.03, 50, 94, {}},
      {"saxphone",
       66,
       7.0,
       5.2,
       0.95,
       0.03,
       44,
       81,
       {{65, 49, 81}, {64, 56, 88}, {67, 36, 69}}},
      {"bassoon", 70, 4.0, 5.0, 0.92, 0.02, 34, 75, {}}};
  return players;
}

std::vector<PlayedNote> perform_voice(const Chorale& chorale,
                                      size_t voice,
                                      const ChoralePlayer& player,
                                      RandomStream& random) {
  SEP_CHECK(voice < chorale.voices.size(),
            "voice {} of a chorale: wants 0 to {}",
            voice,
            chorale.voices.size() - 1);
  const double tuning_cents = bounded_normal(4.0, 10.0, random);
  std::vector<PlayedNote> notes;
  for (const ChoraleNote& note : chorale.voices[voice]) {
    notes.push_back(draw_note(chorale, note, player, tuning_cents, random));
    const double earliest =
        notes.size() < 2 ? 0.0 : notes[notes.size() - 2].onset_seconds + 0.05;
    notes.back().onset_seconds = std::max(notes.back().onset_seconds, earliest);
  }
  put_in_order(notes, chorale.seconds);
  return notes;
}

#ifdef LIBSEP_HAS_FLUIDSYNTH

Signal render_voice(const std::filesystem::path& sound_font,
                    const ChoralePlayer& player,
                    const std::vector<PlayedNote>& notes,
                    int64_t num_samples,
                    int64_t sample_rate) {
  SEP_CHECK(sample_rate >= 8000 && sample_rate <= 96000,
            "a voice at {} Hz: wants 8000 to 96000",
            sample_rate);
  SEP_CHECK(num_samples >= 0, "a voice of {} samples: wants 0 or more", num_samples);
  check_sound_font(sound_font);
  return play_notes(sound_font, player, notes, num_samples, sample_rate);
}

std::shared_ptr<const void> keep_programs(const std::filesystem::path& sound_font,
                                          const StemName& stem,
                                          const std::vector<int>& programs) {
  check_sound_font(sound_font);
  return load_programs(sound_font, stem, programs);
}

#else

std::shared_ptr<const void> keep_programs(const std::filesystem::path&,
                                          const StemName&,
                                          const std::vector<int>&) {
  throw Error("this libsep was built without FluidSynth, which plays chorales");
}

Signal render_voice(const std::filesystem::path&,
                    const ChoralePlayer&,
                    const std::vector<PlayedNote>&,
                    int64_t,
                    int64_t) {
  throw Error("this libsep was built without FluidSynth, which plays chorales");
}

#endif

}  // namespace sep::music
