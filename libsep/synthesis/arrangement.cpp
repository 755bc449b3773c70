#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>

#include "libsep/core/error.h"
#include "libsep/synthesis/detail/chorale_voicing.h"
#include "libsep/synthesis/detail/inner_voice.h"
#include "libsep/synthesis/ensemble.h"
#include "libsep/synthesis/midi_instrument.h"

namespace sep::music {
namespace {

constexpr int kFurthest = 6;         // semitones for all
constexpr int kFurthestOctave = 5;   // for one
constexpr double kOctaveCost = 2.0;  // what moving costs
constexpr double kSemitoneCost = 0.25;
constexpr double kDisorderCost = 3.0;  // a semitone that a part lies too high
constexpr double kImpossible = std::numeric_limits<double>::infinity();

using Part = Arrangement::Part;

Part part_of_voice(size_t voice) {
  const VoiceRange& range = kVoiceRanges[voice];
  return {static_cast<int>(voice), range.lowest, range.highest, 0};
}

// Filled-in voices lie evenly between those around them.
void set_filled_ranges(std::vector<Part>& parts) {
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].voice >= 0) continue;
    size_t above = i;
    size_t below = i;
    while (parts[above].voice < 0) --above;
    while (parts[below].voice < 0) ++below;
    const double x = static_cast<double>(i - above) / static_cast<double>(below - above);
    const auto between = [&](int a, int b) {
      return static_cast<int>(std::lround(a + x * (b - a)));
    };
    parts[i].lowest = between(parts[above].lowest, parts[below].lowest);
    parts[i].highest = between(parts[above].highest, parts[below].highest);
  }
}

/// Which voice each of `count` parts has; `middle` is that of the second of three.
std::vector<Part> parts_for(size_t count, size_t middle) {
  if (count == 2) return {part_of_voice(0), part_of_voice(3)};
  if (count == 3) return {part_of_voice(0), part_of_voice(middle), part_of_voice(3)};
  std::vector<Part> parts(count);
  for (Part& part : parts) part.voice = -1;
  for (size_t voice = 0; voice < kNumChoraleVoices; ++voice) {
    const double place = static_cast<double>(voice * (count - 1)) / 3.0;
    parts[static_cast<size_t>(std::lround(place))] = part_of_voice(voice);
  }
  set_filled_ranges(parts);
  return parts;
}

bool fits(const Part& part, const ChoralePlayer& player, int moved) {
  return part.lowest + moved >= player.lowest && part.highest + moved <= player.highest;
}

double middle_of(const Part& part, int octaves) {
  return 0.5 * static_cast<double>(part.lowest + part.highest) + 12.0 * octaves;
}

struct Choice {
  double total = kImpossible;
  int from = 0;
};
constexpr size_t kNumChoices = 2 * kFurthestOctave + 1;
using Choices = std::array<Choice, kNumChoices>;

size_t index_of(int octaves) {
  const int index = octaves + kFurthestOctave;
  return static_cast<size_t>(index);
}

Choices next_choices(const Part& part,
                     const ChoralePlayer& player,
                     int semitones,
                     const Part* above,
                     const Choices& before) {
  Choices choices;
  for (int octaves = -kFurthestOctave; octaves <= kFurthestOctave; ++octaves) {
    if (!fits(part, player, semitones + 12 * octaves)) continue;
    Choice& choice = choices[index_of(octaves)];
    if (above == nullptr) choice.total = 0.0;
    for (int other = -kFurthestOctave; above != nullptr && other <= kFurthestOctave;
         ++other) {
      const double higher = middle_of(part, octaves) + 1.0 - middle_of(*above, other);
      const double total =
          before[index_of(other)].total + kDisorderCost * std::max(0.0, higher);
      if (total < choice.total) choice = {total, other};
    }
    choice.total += kOctaveCost * std::abs(octaves);
  }
  return choices;
}

/// The cheapest octaves for one transposition; their cost, or infinity.
double choose_octaves(std::vector<Part>& parts,
                      const std::vector<ChoralePlayer>& players,
                      int semitones) {
  std::vector<Choices> lattice;
  for (size_t i = 0; i < parts.size(); ++i) {
    lattice.push_back(next_choices(parts[i],
                                   players[i],
                                   semitones,
                                   i == 0 ? nullptr : &parts[i - 1],
                                   i == 0 ? Choices{} : lattice.back()));
  }
  const auto& last = lattice.back();
  const auto best =
      std::min_element(last.begin(), last.end(), [](const Choice& a, const Choice& b) {
        return a.total < b.total;
      });
  if (best->total == kImpossible) return kImpossible;
  int octaves = static_cast<int>(best - last.begin()) - kFurthestOctave;
  for (size_t i = parts.size(); i-- > 0;) {
    parts[i].octaves = octaves;
    octaves = lattice[i][index_of(octaves)].from;
  }
  return best->total + kSemitoneCost * std::abs(semitones);
}

std::string name_of(const Part& part) {
  static constexpr std::array<const char*, kNumChoraleVoices> names = {
      "soprano", "alto", "tenor", "bass"};
  return part.voice < 0 ? "a filled-in part" : names[static_cast<size_t>(part.voice)];
}

bool fits_somewhere(const Part& part, const ChoralePlayer& player, int semitones) {
  for (int octaves = -kFurthestOctave; octaves <= kFurthestOctave; ++octaves) {
    if (fits(part, player, semitones + 12 * octaves)) return true;
  }
  return false;
}

[[noreturn]] void refuse(const std::vector<Part>& parts,
                         const std::vector<ChoralePlayer>& players) {
  std::vector<int> open;
  for (int t = -kFurthest; t <= kFurthest; ++t) open.push_back(t);
  for (size_t i = 0; i < parts.size(); ++i) {
    const Part& part = parts[i];
    const ChoralePlayer& player = players[i];
    open.erase(std::remove_if(open.begin(),
                              open.end(),
                              [&](int t) { return !fits_somewhere(part, player, t); }),
               open.end());
    if (!open.empty()) continue;
    const bool narrow = part.highest - part.lowest > player.highest - player.lowest;
    throw Error(fmt::format("player {}, {} to {}: cannot play the {}, {} to {}, in any {}",
                            player.stem,
                            pitch_name(player.lowest),
                            pitch_name(player.highest),
                            name_of(part),
                            pitch_name(part.lowest),
                            pitch_name(part.highest),
                            narrow ? "octave" : "key that suits those before"));
  }
  throw Error("no arrangement for these players");
}

std::optional<Arrangement> cheapest(std::vector<Part> parts,
                                    const std::vector<ChoralePlayer>& players,
                                    double& cost) {
  std::optional<Arrangement> best;
  for (int distance = 0; distance <= kFurthest; ++distance) {
    for (const int semitones : {distance, -distance}) {
      const double total = choose_octaves(parts, players, semitones);
      if (total >= cost) continue;
      cost = total;
      best = Arrangement{semitones, parts};
    }
  }
  return best;
}

/// One voice after the other, as composed; filled-in ones know all that are there.
std::vector<std::vector<ChoraleNote>> in_parts(const Chorale& chorale,
                                               const std::vector<Part>& parts,
                                               RandomStream& random) {
  std::vector<std::vector<ChoraleNote>> all = chorale.voices;
  std::vector<std::vector<ChoraleNote>> result;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].voice >= 0) {
      result.push_back(chorale.voices[static_cast<size_t>(parts[i].voice)]);
      continue;
    }
    size_t below = i;
    while (parts[below].voice < 0) ++below;
    const auto lower = static_cast<size_t>(parts[below].voice);
    result.push_back(fill_voice(
        chorale,
        all,
        {parts[i].lowest, parts[i].highest, result.back(), chorale.voices[lower]},
        random));
    all.push_back(result.back());
  }
  return result;
}

}  // namespace

Arrangement arrange_for(const std::vector<ChoralePlayer>& players) {
  SEP_CHECK(players.size() >= kFewestPlayers && players.size() <= kMostPlayers,
            "{} players: wants {} to {}",
            players.size(),
            kFewestPlayers,
            kMostPlayers);
  double cost = kImpossible;
  std::optional<Arrangement> best;
  for (const size_t middle : {size_t{1}, size_t{2}}) {
    if (auto found = cheapest(parts_for(players.size(), middle), players, cost)) {
      best = found;
    }
  }
  if (!best) refuse(parts_for(players.size(), 1), players);
  return *best;
}

Chorale arranged(const Chorale& chorale,
                 const Arrangement& arrangement,
                 RandomStream& random) {
  Chorale result = chorale;
  result.voices = in_parts(chorale, arrangement.parts, random);
  for (size_t i = 0; i < arrangement.parts.size(); ++i) {
    for (ChoraleNote& note : result.voices[i]) {
      note.pitch += arrangement.semitones + 12 * arrangement.parts[i].octaves;
    }
  }
  const auto moved = [&](Key& key) {
    key.tonic = (key.tonic + arrangement.semitones + 12) % 12;
  };
  moved(result.key);
  for (ChoralePhrase& phrase : result.phrases) moved(phrase.key);
  return result;
}

}  // namespace sep::music
