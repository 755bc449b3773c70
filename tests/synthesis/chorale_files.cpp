#include "libsep/synthesis/chorale_files.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <sstream>
#include <tuple>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/synthesis/chorales.h"

using namespace sep;
using namespace sep::music;

namespace {

struct MidiNote {
  int64_t onset;
  int64_t duration;
  int pitch;
  bool operator==(const MidiNote& other) const {
    return std::tie(onset, duration, pitch) ==
           std::tie(other.onset, other.duration, other.pitch);
  }
};

struct MidiTrack {
  std::string name;
  int program = -1;
  int64_t tempo = 0;  // microseconds
  std::string key_signature;
  std::vector<MidiNote> notes;
};

/// A reader of what midi_file() may write; an exception or a failed check for the rest.
class MidiReader {
 public:
  explicit MidiReader(std::string bytes) : bytes_(std::move(bytes)) {}

  std::vector<MidiTrack> read() {
    REQUIRE(text(4) == "MThd");
    REQUIRE(number(4) == 6);
    REQUIRE(number(2) == 1);
    const int64_t num_tracks = number(2);
    REQUIRE(number(2) == 960);
    std::vector<MidiTrack> tracks;
    for (int64_t i = 0; i < num_tracks; ++i) tracks.push_back(read_track(i));
    REQUIRE(at_ == bytes_.size());
    return tracks;
  }

 private:
  int64_t number(int num_bytes) {
    int64_t value = 0;
    for (int i = 0; i < num_bytes; ++i) {
      value = 256 * value + static_cast<uint8_t>(bytes_.at(at_++));
    }
    return value;
  }
  int64_t variable() {
    int64_t value = 0;
    for (;;) {
      const int64_t byte = number(1);
      value = 128 * value + byte % 128;
      if (byte < 128) return value;
    }
  }
  std::string text(int64_t size) {
    std::string part = bytes_.substr(at_, static_cast<size_t>(size));
    at_ += static_cast<size_t>(size);
    return part;
  }

  static int64_t big_endian(const std::string& bytes) {
    int64_t value = 0;
    for (const char byte : bytes) value = 256 * value + static_cast<uint8_t>(byte);
    return value;
  }

  void read_meta(MidiTrack& track) {
    const int64_t type = number(1);
    const std::string body = text(variable());
    if (type == 0x03) track.name = body;
    if (type == 0x51) track.tempo = big_endian(body);
    if (type == 0x59) track.key_signature = body;
    ended_ = type == 0x2F;
  }

  MidiTrack read_track(int64_t index) {
    REQUIRE(text(4) == "MTrk");
    const auto size = static_cast<size_t>(number(4));
    const size_t end = at_ + size;
    MidiTrack track;
    std::map<int, int64_t> sounding;
    int64_t tick = 0;
    for (ended_ = false; !ended_;) {
      tick += variable();
      const int64_t status = number(1);
      if (status == 0xFF) {
        read_meta(track);
        continue;
      }
      REQUIRE(status % 16 == index - 1);  // a channel a voice
      const auto pitch = static_cast<int>(number(1));
      if (status / 16 == 0xC) {
        track.program = pitch;
        continue;
      }
      const int64_t velocity = number(1);
      if (status / 16 == 0x9) {
        REQUIRE(velocity > 0);
        REQUIRE(sounding.count(pitch) == 0);
        sounding[pitch] = tick;
      } else {
        REQUIRE(status / 16 == 0x8);
        track.notes.push_back({sounding.at(pitch), tick - sounding.at(pitch), pitch});
        sounding.erase(pitch);
      }
    }
    CHECK(at_ == end);
    CHECK(sounding.empty());
    return track;
  }

  std::string bytes_;
  size_t at_ = 0;
  bool ended_ = false;
};

Chorale compose(double seconds, uint64_t seed) {
  RandomStream random(seed, "test/chorale");
  return compose_chorale(seconds, random);
}

std::vector<std::vector<PlayedNote>> play(const Chorale& chorale) {
  std::vector<std::vector<PlayedNote>> played(4);
  RandomStream random(1, "test/player");
  for (size_t v = 0; v < 4; ++v) {
    played[v] = perform_voice(chorale, v, chorale_players()[v], random);
  }
  return played;
}

}  // namespace

TEST_CASE("a MIDI file holds the score", "[data][chorale][property]") {
  const auto seconds = GENERATE(2.0, 30.0, 600.0);
  for (uint64_t seed = 0; seed < 5; ++seed) {
    const Chorale chorale = compose(seconds, seed);
    const auto tracks = MidiReader(midi_file(chorale, "07-Title")).read();
    REQUIRE(tracks.size() == 5);
    CHECK(tracks[0].name == "07-Title");
    CHECK(static_cast<double>(tracks[0].tempo) ==
          Approx(60e6 / chorale.beats_per_minute).margin(1.0));
    for (size_t v = 0; v < 4; ++v) {
      CHECK(tracks[v + 1].name == chorale_players()[v].stem);
      CHECK(tracks[v + 1].program == chorale_players()[v].program);
      std::vector<MidiNote> notes;
      for (const auto& note : chorale.voices[v]) {
        const double rest = chorale.upbeat_beats == 1 ? 3.0 : 0.0;
        notes.push_back({std::llround(960.0 * (rest + note.onset_beats)),
                         std::llround(960.0 * note.duration_beats),
                         note.pitch});
      }
      CHECK(tracks[v + 1].notes == notes);
    }
  }
}

TEST_CASE("key signatures count sharps", "[data][chorale]") {
  const auto signature = [](int tonic, Mode mode) {
    Chorale chorale = make_chorale(plain_chords());
    chorale.key = {tonic, mode};
    const auto tracks = MidiReader(midi_file(chorale, "")).read();
    return std::make_pair(static_cast<int>(static_cast<int8_t>(tracks[0].key_signature[0])),
                          static_cast<int>(tracks[0].key_signature[1]));
  };
  CHECK(signature(0, Mode::kMajor) == std::make_pair(0, 0));
  CHECK(signature(7, Mode::kMajor) == std::make_pair(1, 0));
  CHECK(signature(5, Mode::kMajor) == std::make_pair(-1, 0));
  CHECK(signature(6, Mode::kMajor) == std::make_pair(6, 0));
  CHECK(signature(1, Mode::kMajor) == std::make_pair(-5, 0));
  CHECK(signature(9, Mode::kMinor) == std::make_pair(0, 1));
  CHECK(signature(4, Mode::kMinor) == std::make_pair(1, 1));
  CHECK(signature(0, Mode::kMinor) == std::make_pair(-3, 1));
}

TEST_CASE("a note list has a line a note", "[data][chorale]") {
  const Chorale chorale = compose(12.0, 3);
  const auto played = play(chorale);
  std::istringstream lines(note_list(chorale, played));
  std::array<size_t, 4> next = {};
  int64_t last_midi = 0;
  int64_t last_voice = 0;
  int64_t audio = 0;
  int64_t midi = 0;
  int64_t pitch = 0;
  int64_t voice = 0;
  while (lines >> audio >> midi >> pitch >> voice) {
    REQUIRE(voice >= 1);
    REQUIRE(voice <= 4);
    const auto v = static_cast<size_t>(voice - 1);
    REQUIRE(next[v] < chorale.voices[v].size());
    const ChoraleNote& note = chorale.voices[v][next[v]];
    const PlayedNote& sound = played[v][next[v]++];
    CHECK(audio == std::llround(1000.0 * sound.onset_seconds));
    CHECK(midi == std::llround(1000.0 * midi_onset_seconds(chorale, note)));
    CHECK(pitch == note.pitch);
    CHECK((midi > last_midi || (midi == last_midi && voice > last_voice) || midi == 0));
    last_midi = midi;
    last_voice = voice;
  }
  for (size_t v = 0; v < 4; ++v) CHECK(next[v] == chorale.voices[v].size());
}

// One beat a second, three beats of rest before the upbeat, as Bach10's lists begin.
TEST_CASE("a note list by the letter", "[data][chorale]") {
  const Chorale chorale = make_chorale(plain_chords());
  std::vector<std::vector<PlayedNote>> played(4);
  for (size_t v = 0; v < 4; ++v) {
    for (const auto& note : chorale.voices[v]) {
      PlayedNote sound;
      sound.onset_seconds = note.onset_seconds + 0.22;
      played[v].push_back(sound);
    }
  }
  const std::string begin =
      "220\t3000\t72\t1\n220\t3000\t67\t2\n220\t3000\t64\t3\n220\t3000\t48\t4\n"
      "1220\t4000\t74\t1\n";
  CHECK(note_list(chorale, played).substr(0, begin.size()) == begin);
  played[2].pop_back();
  CHECK_THROWS_AS(note_list(chorale, played), Error);
}
