#include "libsep/synthesis/chorale_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "libsep/core/error.h"

namespace sep::music {
namespace {

constexpr int64_t kTicks = 960;  // a quarter note
constexpr int kVelocity = 96;

std::string big_endian(int64_t value, int num_bytes) {
  std::string bytes;
  for (int i = num_bytes; i-- > 0;) bytes += static_cast<char>((value >> (8 * i)) & 0xFF);
  return bytes;
}

/// Seven bits a byte, the highest first; all but the last byte have the top bit set.
std::string variable_length(int64_t value) {
  std::string bytes(1, static_cast<char>(value & 0x7F));
  for (value >>= 7; value > 0; value >>= 7) {
    bytes.insert(bytes.begin(), static_cast<char>((value & 0x7F) | 0x80));
  }
  return bytes;
}

std::string bytes_of(std::initializer_list<int> values) {
  std::string bytes;
  for (const int value : values) bytes += static_cast<char>(value);
  return bytes;
}

std::string meta(int type, const std::string& text) {
  return bytes_of({0, 0xFF, type}) + variable_length(static_cast<int64_t>(text.size())) +
         text;
}

std::string chunk(const std::string& name, const std::string& body) {
  return name + big_endian(static_cast<int64_t>(body.size()), 4) + body;
}

std::string track(const std::string& events) {
  return chunk("MTrk", events + meta(0x2F, ""));
}

// Sharps (positive) or flats of a key signature, between -5 and 6.
int num_sharps(const Key& key) {
  const int major_tonic = key.mode == Mode::kMajor ? key.tonic : (key.tonic + 3) % 12;
  const int fifths = (major_tonic * 7) % 12;
  return fifths > 6 ? fifths - 12 : fifths;
}

int64_t microseconds_of_beat(const Chorale& chorale) {
  return std::llround(60e6 / chorale.beats_per_minute);
}

/// Beats of rest before the upbeat, which make a full bar with it.
double rest_beats(const Chorale& chorale) {
  return chorale.upbeat_beats == 0 ? 0.0 : 4.0 - static_cast<double>(chorale.upbeat_beats);
}

std::string tempo_track(const Chorale& chorale, const std::string& title) {
  const int minor = chorale.key.mode == Mode::kMinor ? 1 : 0;
  return track(meta(0x03, title) + meta(0x58, bytes_of({4, 2, 24, 8})) +
               meta(0x59, bytes_of({num_sharps(chorale.key), minor})) +
               meta(0x51, big_endian(microseconds_of_beat(chorale), 3)));
}

std::string voice_track(const Chorale& chorale, size_t voice, const ChoralePlayer& player) {
  const int channel = static_cast<int>(voice);
  std::string events =
      meta(0x03, player.stem) + bytes_of({0, 0xC0 | channel, player.program});
  int64_t last_tick = 0;
  const auto add = [&](double beats, int status, int pitch, int velocity) {
    const int64_t tick =
        std::llround((rest_beats(chorale) + beats) * static_cast<double>(kTicks));
    events +=
        variable_length(tick - last_tick) + bytes_of({status | channel, pitch, velocity});
    last_tick = tick;
  };
  for (const ChoraleNote& note : chorale.voices[voice]) {
    add(note.onset_beats, 0x90, note.pitch, kVelocity);
    add(note.onset_beats + note.duration_beats, 0x80, note.pitch, 0);
  }
  return track(events);
}

}  // namespace

std::string midi_file(const Chorale& chorale,
                      const std::string& title,
                      const std::vector<ChoralePlayer>& players) {
  SEP_CHECK(players.size() == chorale.voices.size(),
            "a MIDI file of {} voices for {} players",
            chorale.voices.size(),
            players.size());
  std::string bytes =
      chunk("MThd",
            big_endian(1, 2) + big_endian(1 + static_cast<int64_t>(players.size()), 2) +
                big_endian(kTicks, 2)) +
      tempo_track(chorale, title);
  for (size_t v = 0; v < players.size(); ++v) bytes += voice_track(chorale, v, players[v]);
  return bytes;
}

double midi_onset_seconds(const Chorale& chorale, const ChoraleNote& note) {
  return (rest_beats(chorale) + note.onset_beats) *
         static_cast<double>(microseconds_of_beat(chorale)) / 1e6;
}

std::string note_list(const Chorale& chorale,
                      const std::vector<std::vector<PlayedNote>>& played) {
  struct Line {
    double beats;
    std::string text;
  };
  SEP_CHECK(played.size() == chorale.voices.size(),
            "a note list of {} played voices, the score has {}",
            played.size(),
            chorale.voices.size());
  std::vector<Line> lines;
  for (size_t v = 0; v < played.size(); ++v) {
    const auto& notes = chorale.voices[v];
    SEP_CHECK(played[v].size() == notes.size(),
              "a note list of {} played notes in voice {}, the score has {}",
              played[v].size(),
              v + 1,
              notes.size());
    for (size_t i = 0; i < notes.size(); ++i) {
      lines.push_back(
          {notes[i].onset_beats,
           fmt::format("{}\t{}\t{}\t{}\n",
                       std::llround(1000.0 * played[v][i].onset_seconds),
                       std::llround(1000.0 * midi_onset_seconds(chorale, notes[i])),
                       notes[i].pitch,
                       v + 1)});
    }
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return a.beats < b.beats;
  });
  std::string text;
  for (const Line& line : lines) text += line.text;
  return text;
}

}  // namespace sep::music
