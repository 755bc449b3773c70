#include "libsep/synthesis/chorale_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "libsep/core/atomic_file.h"
#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/core/threads.h"
#include "libsep/synthesis/chorale_files.h"
#include "libsep/synthesis/detail/chorale_timing.h"
#include "libsep/synthesis/detail/piece_writer.h"

namespace sep {
namespace {

namespace fs = std::filesystem;
using namespace music;

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

struct Recording {
  Chorale chorale;
  std::array<std::vector<PlayedNote>, kNumChoraleVoices> played;
  std::array<Signal, kNumChoraleVoices> stems;
};

Recording record_chorale(const ChoraleOptions& options, int64_t index) {
  const auto num_samples =
      std::llround(options.seconds * static_cast<double>(options.sample_rate));
  RandomStream score_random(options.seed, "data/chorale/score", {index});
  Recording recording;
  recording.chorale = compose_chorale(options.seconds, score_random);
  parallel_for(kNumChoraleVoices, options.num_threads, [&](int64_t v) {
    const auto voice = static_cast<size_t>(v);
    const ChoralePlayer& player = chorale_players()[voice];
    RandomStream random(options.seed, "data/chorale/player", {index, v});
    auto& played = recording.played[voice];
    played = perform_voice(recording.chorale, voice, player, random);
    Signal& stem = recording.stems[voice];
    stem =
        render_voice(options.sound_font, player, played, num_samples, options.sample_rate);
    SEP_CHECK(peak(stem) > 0.0F,
              "{}: plays {} without a sound",
              options.sound_font.string(),
              player.stem);
    level_to_int16(stem);
  });
  return recording;
}

PieceAudio audio_of(Recording& recording) {
  PieceAudio audio;
  for (size_t v = 0; v < kNumChoraleVoices; ++v) {
    audio.stems.emplace(chorale_players()[v].stem, std::move(recording.stems[v]));
  }
  audio.mixture = clipped_sum(audio.stems);
  return audio;
}

std::string write_chorale(const fs::path& parent,
                          const ChoraleOptions& options,
                          int64_t index) {
  Recording recording = record_chorale(options, index);
  std::string name =
      fmt::format("{:02}-ChoraleIn{}", index + 1, key_in_name(recording.chorale.key));
  const fs::path folder = parent / name;
  write_piece(folder, audio_of(recording));
  write_file_atomically(folder / (name + ".mid"), midi_file(recording.chorale, name));
  write_file_atomically(folder / (name + ".txt"),
                        note_list(recording.chorale, recording.played));
  return name;
}

}  // namespace

void ChoraleOptions::validate() const {
  check_bounds("num_pieces", num_pieces, 1, 99);
  check_bounds("seconds", seconds, kShortestChoraleSeconds, kLongestChoraleSeconds);
  check_bounds("sample_rate", sample_rate, 8000, 96000);
  check_bounds("num_threads", num_threads, 0, 1024);
}

void synthesize_chorales(const fs::path& root,
                         const ChoraleOptions& options,
                         Progress& progress) {
  options.validate();
  SEP_CHECK(has_fluidsynth(),
            "this libsep was built without FluidSynth, which plays chorales; plain tones "
            "(sep-data synthesize --kind tones) need none");
  check_sound_font(options.sound_font);
  write_all_pieces(
      root, options.num_pieces, progress, [&](int64_t i, const fs::path& unfinished) {
        return write_chorale(unfinished, options, i);
      });
}

}  // namespace sep
