#include "libsep/synthesis/detail/chorale_ornaments.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace sep::music {
namespace {

constexpr double kLargestChance = 0.2;
constexpr double kTrillSeconds = 0.075;  // of each of its notes, about
constexpr double kQuickSeconds = 0.08;   // of the first notes of a mordent or a turn
constexpr double kShortest = 0.3;        // seconds of a note that may be ornamented

/// A note of an ornament: how much of the whole it takes, and its pitch.
struct Piece {
  double part;
  int pitch;
};

std::vector<Piece> trill(int pitch, int upper, double seconds) {
  const int pairs = std::clamp(static_cast<int>(seconds / (2.0 * kTrillSeconds)), 2, 8);
  std::vector<Piece> pieces;
  for (int i = 0; i < pairs; ++i) {
    pieces.push_back({0.5 / pairs, upper});
    pieces.push_back({0.5 / pairs, pitch});
  }
  return pieces;
}

std::vector<Piece> turn(int pitch, int upper, int lower, double seconds) {
  const double quick = std::min(kQuickSeconds / seconds, 0.2);
  return {{quick, upper}, {quick, pitch}, {quick, lower}, {1.0 - 3.0 * quick, pitch}};
}

std::vector<Piece> mordent(int pitch, int other, double seconds) {
  const double quick = std::min(kQuickSeconds / seconds, 0.25);
  return {{quick, pitch}, {quick, other}, {1.0 - 2.0 * quick, pitch}};
}

/// One or two notes towards `next`, or the note once more where that is near.
std::vector<Piece> towards(const Key& key, int pitch, int next) {
  if (std::abs(next - pitch) < 3) return {{0.5, pitch}, {0.5, pitch}};
  const int first = scale_step(key, pitch, next > pitch);
  if (std::abs(next - pitch) < 5) return {{0.5, pitch}, {0.5, first}};
  return {{0.5, pitch}, {0.25, first}, {0.25, scale_step(key, first, next > pitch)}};
}

std::vector<Piece> draw_ornament(const Key& key,
                                 const ChoraleNote& note,
                                 int next,
                                 RandomStream& random) {
  const int upper = scale_step(key, note.pitch, true);
  const int lower = scale_step(key, note.pitch, false);
  const double seconds = note.duration_seconds;
  switch (random.index(6)) {
    case 0:
      return trill(note.pitch, upper, seconds);
    case 1:
      return turn(note.pitch, upper, lower, seconds);
    case 2:
      return mordent(note.pitch, random.uniform() < 0.5 ? upper : lower, seconds);
    default:
      return towards(key, note.pitch, next);
  }
}

void add_pieces(const ChoraleNote& note,
                const std::vector<Piece>& pieces,
                std::vector<ChoraleNote>& notes) {
  double begin = 0.0;
  for (size_t i = 0; i < pieces.size(); ++i) {
    ChoraleNote made = note;
    const double part = i + 1 < pieces.size() ? pieces[i].part : 1.0 - begin;
    made.pitch = pieces[i].pitch;
    made.onset_beats = note.onset_beats + begin * note.duration_beats;
    made.duration_beats = part * note.duration_beats;
    made.onset_seconds = note.onset_seconds + begin * note.duration_seconds;
    made.duration_seconds = part * note.duration_seconds;
    made.ornament = note.ornament || i > 0;
    notes.push_back(made);
    begin += part;
  }
}

}  // namespace

const Key& key_at(const Chorale& chorale, double beats) {
  for (const ChoralePhrase& phrase : chorale.phrases) {
    if (beats < static_cast<double>(phrase.first_beat + phrase.num_beats))
      return phrase.key;
  }
  return chorale.key;
}

int scale_step(const Key& key, int pitch, bool up) {
  static constexpr std::array<bool, 12> major = {1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1};
  static constexpr std::array<bool, 12> minor = {1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0};
  const auto& scale = key.mode == Mode::kMajor ? major : minor;
  const int direction = up ? 1 : -1;
  const int step = pitch + direction;
  const auto degree = static_cast<size_t>((step - key.tonic + 144) % 12);
  return scale[degree] ? step : step + direction;
}

void add_players_ornaments(Chorale& chorale,
                           size_t voice,
                           int lowest,
                           int highest,
                           double amount,
                           RandomStream& random) {
  const double share = random.uniform();
  const double chance = amount * kLargestChance * share * share;
  const auto before = std::move(chorale.voices[voice]);
  std::vector<ChoraleNote> notes;
  for (size_t i = 0; i < before.size(); ++i) {
    const ChoraleNote& note = before[i];
    const bool may = !note.fermata && note.duration_seconds >= kShortest;
    const bool wanted = random.uniform() < chance;
    std::vector<Piece> pieces = {{1.0, note.pitch}};
    if (may && wanted && i + 1 < before.size()) {
      const Key& key = key_at(chorale, note.onset_beats);
      pieces = draw_ornament(key, note, before[i + 1].pitch, random);
    }
    const bool in_range =
        std::all_of(pieces.begin(), pieces.end(), [&](const Piece& piece) {
          return piece.pitch >= lowest && piece.pitch <= highest;
        });
    add_pieces(note, in_range ? pieces : std::vector<Piece>{{1.0, note.pitch}}, notes);
  }
  chorale.voices[voice] = std::move(notes);
}

}  // namespace sep::music
