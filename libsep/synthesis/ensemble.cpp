#include "libsep/synthesis/ensemble.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "libsep/core/error.h"
#include "libsep/synthesis/midi_instrument.h"

namespace sep::music {
namespace {

struct Habits {
  double vibrato_cents, vibrato_hz, legato, attack_seconds;
};

// By families of eight programs.
Habits habits_of(int program) {
  switch (program / 8) {
    case 5:  // strings
    case 6:
      return {12.0, 5.8, 0.97, 0.05};
    case 7:
      return {3.0, 5.2, 0.93, 0.02};  // brass
    case 8:
      return {5.0, 5.2, 0.95, 0.03};  // reeds
    case 9:
      return {10.0, 5.3, 0.94, 0.03};  // pipes
    default:
      return {0.0, 5.0, 0.97, 0.0};
  }
}

// Groups whose members are taken for each other.
const std::vector<std::vector<std::string>>& near_groups() {
  static const std::vector<std::vector<std::string>> groups = {
      {"violin", "viola", "fiddle"},
      {"viola", "violin", "cello"},
      {"cello", "viola"},
      {"flute", "recorder", "pan_flute"},
      {"oboe", "english_horn"},
      {"english_horn", "oboe"},
      {"trumpet", "muted_trumpet"},
      {"soprano_sax", "alto_sax"},
      {"alto_sax", "soprano_sax", "tenor_sax"},
      {"tenor_sax", "alto_sax", "baritone_sax"},
      {"baritone_sax", "tenor_sax"},
      {"string_ensemble_1", "string_ensemble_2"},
      {"string_ensemble_2", "string_ensemble_1"},
      {"choir", "voice_oohs"},
      {"voice_oohs", "choir"}};
  return groups;
}

std::vector<NearProgram> near_programs(const std::string& name) {
  std::vector<NearProgram> near;
  for (const auto& group : near_groups()) {
    if (group.front() != name) continue;
    for (size_t i = 1; i < group.size(); ++i) {
      const auto& instrument = find_midi_instrument(group[i]);
      near.push_back({instrument.program, instrument.lowest, instrument.highest});
    }
  }
  return near;
}

ChoralePlayer make_player(const MidiInstrument& instrument) {
  for (const ChoralePlayer& player : chorale_players()) {
    if (player.stem == instrument.name) return player;
  }
  const Habits habits = habits_of(instrument.program);
  ChoralePlayer player;
  player.stem = instrument.name;
  player.program = instrument.program;
  player.vibrato_cents = habits.vibrato_cents;
  player.vibrato_hz = habits.vibrato_hz;
  player.legato = habits.legato;
  player.attack_seconds = habits.attack_seconds;
  player.lowest = instrument.lowest;
  player.highest = instrument.highest;
  player.near = near_programs(instrument.name);
  return player;
}

}  // namespace

std::vector<ChoralePlayer> make_ensemble(const std::vector<std::string>& names) {
  SEP_CHECK(names.size() >= kFewestPlayers && names.size() <= kMostPlayers,
            "{} player{}: wants {} to {}",
            names.size(),
            names.size() == 1 ? "" : "s",
            kFewestPlayers,
            kMostPlayers);
  std::vector<ChoralePlayer> players;
  std::map<StemName, int> count;
  for (const auto& name : names) {
    players.push_back(make_player(find_midi_instrument(name)));
    ++count[players.back().stem];
  }
  std::map<StemName, int> number;
  for (ChoralePlayer& player : players) {
    const auto is_others = [&](const NearProgram& near) {
      return std::any_of(players.begin(), players.end(), [&](const ChoralePlayer& other) {
        return other.program == near.program;
      });
    };
    auto& near = player.near;
    near.erase(std::remove_if(near.begin(), near.end(), is_others), near.end());
    if (count.at(player.stem) > 1) {
      player.stem = fmt::format("{}_{}", player.stem, ++number[player.stem]);
    }
  }
  return players;
}

}  // namespace sep::music
