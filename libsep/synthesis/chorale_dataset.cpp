#include "libsep/synthesis/chorale_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "libsep/core/atomic_file.h"
#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/core/threads.h"
#include "libsep/synthesis/chorale_files.h"
#include "libsep/synthesis/detail/chorale_ornaments.h"
#include "libsep/synthesis/detail/chorale_timing.h"
#include "libsep/synthesis/detail/piece_writer.h"
#include "libsep/synthesis/detail/varied_performance.h"
#include "libsep/synthesis/detail/varied_sound.h"
#include "libsep/synthesis/ensemble.h"

namespace sep {
namespace {

namespace fs = std::filesystem;
using namespace music;

constexpr int64_t kMostPieces = 9999;

/// "B flat minor" -> "BFlatMinor".
std::string key_in_name(const Key& key) {
  std::string name;
  bool begins_word = true;
  for (const char c : key_name(key)) {
    if (c != ' ') {
      name += begins_word ? static_cast<char>(std::toupper(c)) : c;
    }
    begins_word = c == ' ';
  }
  return name;
}

/// What all pieces have in common.
struct Setting {
  ChoraleOptions options;
  std::vector<ChoralePlayer> players;
  Arrangement arrangement;
};

struct Recording {
  Chorale chorale;
  std::vector<std::vector<PlayedNote>> played;
  std::vector<Signal> stems;
};

Chorale draw_score(const Setting& setting, int64_t index) {
  const ChoraleOptions& options = setting.options;
  const auto& players = setting.players;
  RandomStream random(options.seed, "data/chorale/score", {index});
  RandomStream filled(options.seed, "data/chorale/filled", {index});
  Chorale chorale =
      arranged(compose_chorale(options.seconds, random), setting.arrangement, filled);
  if (options.variations.transposition > 0.0) {
    RandomStream moved(options.seed, "data/chorale/vary/transposition", {index});
    transpose_by_chance(chorale, players, options.variations.transposition, moved);
  }
  if (options.variations.ornaments > 0.0) {
    for (int64_t v = 0; v < static_cast<int64_t>(players.size()); ++v) {
      const auto voice = static_cast<size_t>(v);
      RandomStream added(options.seed, "data/chorale/vary/ornaments", {index, v});
      add_players_ornaments(chorale,
                            voice,
                            players[voice].lowest,
                            players[voice].highest,
                            options.variations.ornaments,
                            added);
    }
  }
  return chorale;
}

const fs::path& draw_font(const ChoraleOptions& options, int64_t index, int64_t voice) {
  RandomStream random(options.seed, "data/chorale/font", {index, voice});
  const auto count = static_cast<int64_t>(options.sound_fonts.size());
  return options.sound_fonts[static_cast<size_t>(random.index(count))];
}

/// Plays a voice; `played` gets its notes.
Signal record_voice(const Setting& setting,
                    const Chorale& chorale,
                    int64_t index,
                    int64_t v,
                    std::vector<PlayedNote>& played) {
  const ChoraleOptions& options = setting.options;
  const auto voice = static_cast<size_t>(v);
  const std::vector<int64_t> indices = {index, v};
  ChoralePlayer player = setting.players[voice];
  RandomStream program_random(options.seed, "data/chorale/vary/program", indices);
  player.program = draw_program(
      player, chorale.voices[voice], options.variations.programs, program_random);
  RandomStream random(options.seed, "data/chorale/player", indices);
  played = perform_voice(chorale, voice, player, random);
  vary_performance(
      played, player, options.variations, chorale.seconds, options.seed, indices);
  const auto num_samples =
      std::llround(options.seconds * static_cast<double>(options.sample_rate));
  const fs::path& font = draw_font(options, index, v);
  Signal stem = render_voice(font, player, played, num_samples, options.sample_rate);
  SEP_CHECK(peak(stem) > 0.0F, "{}: plays {} without a sound", font.string(), player.stem);
  vary_sound(stem, played, options.variations, options.seed, indices);
  level_to_int16(stem, level_of_stems(setting.players.size()));
  return stem;
}

Recording record_chorale(const Setting& setting, int64_t index) {
  const size_t num_parts = setting.players.size();
  Recording recording;
  recording.chorale = draw_score(setting, index);
  recording.played.resize(num_parts);
  recording.stems.resize(num_parts);
  const auto count = static_cast<int64_t>(num_parts);
  parallel_for(count, setting.options.num_threads, [&](int64_t v) {
    const auto voice = static_cast<size_t>(v);
    recording.stems[voice] =
        record_voice(setting, recording.chorale, index, v, recording.played[voice]);
  });
  return recording;
}

PieceAudio audio_of(Recording& recording, const std::vector<ChoralePlayer>& players) {
  PieceAudio audio;
  for (size_t v = 0; v < players.size(); ++v) {
    audio.stems.emplace(players[v].stem, std::move(recording.stems[v]));
  }
  audio.mixture = clipped_sum(audio.stems);
  return audio;
}

std::string write_chorale(const fs::path& parent, const Setting& setting, int64_t index) {
  const ChoraleOptions& options = setting.options;
  Recording recording = record_chorale(setting, index);
  const int digits = options.num_pieces > 999 ? 4 : options.num_pieces > 99 ? 3 : 2;
  std::string name = fmt::format(
      "{:0{}}-ChoraleIn{}", index + 1, digits, key_in_name(recording.chorale.key));
  const fs::path folder = parent / name;
  write_piece(folder, audio_of(recording, setting.players), options.format);
  write_file_atomically(folder / (name + ".mid"),
                        midi_file(recording.chorale, name, setting.players));
  write_file_atomically(folder / (name + ".txt"),
                        note_list(recording.chorale, recording.played));
  return name;
}

/// All that may be drawn, so that a font that lacks one is refused before anything is
/// played and none is decoded twice.
std::vector<std::shared_ptr<const void>> keep_all_programs(const Setting& setting) {
  const ChoraleOptions& options = setting.options;
  std::vector<std::shared_ptr<const void>> kept;
  for (const fs::path& font : options.sound_fonts) {
    for (const ChoralePlayer& player : setting.players) {
      std::vector<int> programs = {player.program};
      if (options.variations.programs > 0.0) {
        for (const NearProgram& near : player.near) programs.push_back(near.program);
      }
      kept.push_back(keep_programs(font, player.stem, programs));
    }
  }
  return kept;
}

}  // namespace

void ChoraleOptions::validate() const {
  check_bounds("num_pieces", num_pieces, 1, kMostPieces);
  check_bounds("seconds", seconds, kShortestChoraleSeconds, kLongestChoraleSeconds);
  check_bounds("sample_rate", sample_rate, 8000, 96000);
  check_bounds("num_threads", num_threads, 0, 1024);
  if (sound_fonts.empty()) throw ConfigError("sound_fonts", ": wants at least one");
  if (format != "wav" && format != "flac") {
    throw ConfigError("format",
                      fmt::format(" = {}: wants wav or flac", shown_text(format)));
  }
  variations.validate();
}

void synthesize_chorales(const fs::path& root,
                         const ChoraleOptions& options,
                         Progress& progress) {
  options.validate();
  Setting setting = {options, make_ensemble(options.players), {}};
  setting.arrangement = arrange_for(setting.players);
  SEP_CHECK(has_fluidsynth(),
            "this libsep was built without FluidSynth, which plays chorales; plain tones "
            "(sep-data synthesize --kind tones) need none");
  const auto kept = keep_all_programs(setting);
  write_all_pieces(root,
                   options.num_pieces,
                   options.num_threads,
                   progress,
                   [&](int64_t i, const fs::path& unfinished) {
                     return write_chorale(unfinished, setting, i);
                   });
}

}  // namespace sep
