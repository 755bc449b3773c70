#include "libsep/synthesis/synthetic.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "libsep/core/bounds.h"
#include "libsep/core/config.h"
#include "libsep/core/error.h"
#include "libsep/core/random.h"
#include "libsep/data/piece.h"
#include "libsep/synthesis/detail/piece_writer.h"
#include "libsep/synthesis/detail/synthetic_tone.h"

namespace sep {
namespace {

using namespace tones;

namespace fs = std::filesystem;

constexpr size_t kNumVoices = 4;
constexpr double kShortestNoteSeconds = 0.3;

struct Voice {
  const char* instrument;
  int64_t lowest;   // MIDI pitch
  int64_t highest;  // MIDI pitch
  Timbre timbre;
};

// From the top: the order in which a chord is filled, after the bass.
const std::array<Voice, kNumVoices>& voices() {
  static const std::array<Voice, kNumVoices> voices = {
      {{"violin", 64, 81, {0.6, 1.0, 3000.0, 6.0, 0.9, 0.06, 3.0, 18.0}},
       {"clarinet", 57, 74, {1.8, 0.05, 500.0, 1.0, 0.7, 0.03, 2.5, 0.0}},
       {"saxphone", 50, 65, {0.6, 1.0, 1100.0, 8.0, 0.5, 0.04, 2.0, 5.0}},
       {"bassoon", 36, 52, {1.4, 1.0, 180.0, 2.0, 0.7, 0.03, 1.5, 0.0}}}};
  return voices;
}

using Chord = std::array<int64_t, kNumVoices>;  // pitches, in the order of voices()

// Degrees I, ii, IV, V, vi of a major key, and where each may go.
constexpr std::array<std::array<int64_t, 3>, 5> kTriads = {
    {{0, 4, 7}, {2, 5, 9}, {5, 9, 0}, {7, 11, 2}, {9, 0, 4}}};
constexpr std::array<std::array<size_t, 4>, 5> kProgressions = {
    {{1, 2, 3, 4}, {3, 3, 3, 3}, {0, 1, 3, 3}, {0, 0, 0, 4}, {1, 1, 2, 2}}};

// The pitch of the triad in the voice's register that lies best: near the last one,
// below the voice above, and no doubling where another tone of the triad is free.
int64_t choose_pitch(const Voice& voice,
                     int64_t last,
                     int64_t ceiling,
                     const std::array<double, 12>& cost_of_class,
                     RandomStream& random) {
  int64_t best = last;
  double best_cost = 1e9;
  for (int64_t pitch = voice.lowest; pitch <= voice.highest; ++pitch) {
    const double cost =
        std::abs(static_cast<double>(pitch - last)) + (pitch >= ceiling ? 30.0 : 0.0) +
        cost_of_class[static_cast<size_t>(pitch % 12)] + random.uniform(0.0, 4.0);
    if (cost < best_cost) {
      best = pitch;
      best_cost = cost;
    }
  }
  return best;
}

Chord next_chord(const Chord& last, size_t degree, int64_t tonic, RandomStream& random) {
  std::array<double, 12> cost_of_class;
  cost_of_class.fill(1000.0);
  const auto& triad = kTriads[degree];
  const auto class_of = [&](int64_t tone) {
    return static_cast<size_t>((tone + tonic) % 12);
  };
  cost_of_class[class_of(triad[0])] = 0.0;
  Chord chord = last;
  chord[3] = choose_pitch(voices()[3], last[3], 128, cost_of_class, random);
  for (const int64_t tone : triad) cost_of_class[class_of(tone)] = 0.0;
  int64_t ceiling = 128;
  for (size_t v = 0; v < 3; ++v) {
    chord[v] = choose_pitch(voices()[v], last[v], ceiling, cost_of_class, random);
    cost_of_class[static_cast<size_t>(chord[v] % 12)] += 8.0;
    ceiling = chord[v];
  }
  return chord;
}

// Players are not machines: a little late, out of tune, louder or softer; a long note
// is sometimes struck twice.
void add_notes(std::vector<Note>& notes,
               int64_t begin,
               int64_t end,
               int64_t pitch,
               int64_t sample_rate,
               RandomStream& random) {
  const double rate = static_cast<double>(sample_rate);
  const bool twice =
      static_cast<double>(end - begin) > 0.6 * rate && random.uniform() < 0.25;
  const std::vector<int64_t> starts =
      twice ? std::vector<int64_t>{begin, (begin + end) / 2} : std::vector<int64_t>{begin};
  for (size_t i = 0; i < starts.size(); ++i) {
    const auto late = static_cast<int64_t>(random.uniform(0.0, 0.02) * rate);
    notes.push_back({starts[i] + late,
                     i + 1 < starts.size() ? starts[i + 1] : end,
                     static_cast<double>(pitch) + 0.04 * random.normal(),
                     std::exp2(random.uniform(-0.25, 0.25))});
  }
}

using Score = std::array<std::vector<Note>, kNumVoices>;

Score compose(int64_t num_samples, int64_t sample_rate, RandomStream& random) {
  const double rate = static_cast<double>(sample_rate);
  const double beat_seconds = random.uniform(0.32, 0.5);
  const int64_t tonic = random.index(12);
  const auto shortest = static_cast<int64_t>(kShortestNoteSeconds * rate);
  Chord chord = {72, 65, 57, 44};
  size_t degree = 0;
  Score score;
  for (int64_t begin = 0; begin < num_samples;) {
    const double beats = random.uniform() < 0.3 ? 2.0 : 1.0;
    int64_t end = begin + static_cast<int64_t>(beats * beat_seconds * rate);
    if (end + shortest > num_samples) end = num_samples;
    chord = next_chord(chord, degree, tonic, random);
    for (size_t v = 0; v < kNumVoices; ++v) {
      add_notes(score[v], begin, end, chord[v], sample_rate, random);
    }
    degree = kProgressions[degree][static_cast<size_t>(random.index(4))];
    begin = end;
  }
  return score;
}

PieceAudio synthesize_piece(const SyntheticOptions& options, int64_t index) {
  RandomStream random(options.seed, "data/synthetic", {index});
  const double rate = static_cast<double>(options.sample_rate);
  const auto num_samples = static_cast<int64_t>(std::llround(options.seconds * rate));
  const Score score = compose(num_samples, options.sample_rate, random);
  PieceAudio audio;
  for (size_t v = 0; v < kNumVoices; ++v) {
    const Voice& voice = voices()[v];
    Signal stem =
        render_notes(voice.timbre, score[v], num_samples, options.sample_rate, random);
    level_to_int16(stem, level_of_stems(4));
    audio.stems.emplace(voice.instrument, std::move(stem));
  }
  audio.mixture = clipped_sum(audio.stems);
  return audio;
}

}  // namespace

void SyntheticOptions::validate() const {
  check_bounds("num_pieces", num_pieces, 1, 99);
  check_bounds("seconds", seconds, 0.5, 600.0);
  check_bounds("sample_rate", sample_rate, 8000, 192000);
}

void synthesize_pieces(const fs::path& root,
                       const SyntheticOptions& options,
                       Progress& progress) {
  options.validate();
  write_all_pieces(
      root, options.num_pieces, 1, progress, [&](int64_t i, const fs::path& unfinished) {
        auto name = fmt::format("{:02}-Synthetic", i + 1);
        write_piece(unfinished / name, synthesize_piece(options, i));
        return name;
      });
}

}  // namespace sep
