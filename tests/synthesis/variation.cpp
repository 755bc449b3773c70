#include "libsep/synthesis/variation.h"

#include <algorithm>
#include <cmath>

#include "libsep/core/error.h"
#include "libsep/synthesis/detail/chorale_ornaments.h"
#include "libsep/synthesis/detail/room.h"
#include "libsep/synthesis/detail/varied_performance.h"
#include "libsep/synthesis/detail/varied_sound.h"
#include "tests/support/catch.h"
#include "tests/support/messages.h"
#include "tests/synthesis/chorales.h"

using namespace sep;
using namespace sep::music;

namespace {

Chorale compose(double seconds, uint64_t seed) {
  RandomStream random(seed, "test/chorale");
  return compose_chorale(seconds, random);
}

std::vector<PlayedNote> perform(const Chorale& chorale, size_t voice) {
  RandomStream random(1, "test/player");
  return perform_voice(chorale, voice, chorale_players()[voice], random);
}

/// A tone with two partials for each note.
Signal sing(const std::vector<PlayedNote>& notes, double seconds, int64_t rate) {
  Signal signal = make_silence(1, std::llround(seconds * static_cast<double>(rate)), rate);
  for (const auto& note : notes) {
    const double hz = 440.0 * std::exp2((note.pitch - 69) / 12.0);
    const auto first = static_cast<size_t>(note.onset_seconds * static_cast<double>(rate));
    const auto count =
        static_cast<size_t>(note.duration_seconds * static_cast<double>(rate));
    for (size_t n = 0; n < count && first + n < signal.samples.size(); ++n) {
      const double phase =
          6.283185307179586 * hz * static_cast<double>(n) / static_cast<double>(rate);
      signal.samples[first + n] =
          static_cast<float>(0.2 * std::sin(phase) + 0.1 * std::sin(2.0 * phase));
    }
  }
  return signal;
}

std::vector<float> varied(const std::string& what, int64_t part, uint64_t seed = 1) {
  const Chorale chorale = compose(4.0, 1);
  auto notes = perform(chorale, 0);
  Signal signal = sing(notes, 4.0, 16000);
  Variations variations;
  if (what == "all") {
    variations = uniform_variations(1.0);
  } else if (!what.empty()) {
    set_variation(variations, what + "=1");
  }
  vary_sound(signal, notes, variations, seed, {0, part});
  return signal.samples;
}

std::string problem(const std::string& text) {
  Variations variations;
  return message_of([&] {
    set_variation(variations, text);
    variations.validate();
  });
}

}  // namespace

TEST_CASE("variations are set by name", "[synthesis][variation]") {
  Variations variations;
  CHECK_FALSE(variations.any());
  set_variation(variations, "room=0.5");
  CHECK(variations.room == 0.5);
  CHECK(variations.any());
  CHECK(variation_names().size() == 11);
  for (const auto& name : variation_names()) {
    Variations one;
    set_variation(one, name + "=2");
    CHECK(one.any());
    one.validate();
  }
  CHECK(problem("room") == "variation room: wants NAME=AMOUNT, as room=0.5");
  CHECK(problem("room=much") == "variation room=much: wants NAME=AMOUNT, as room=0.5");
  CHECK(problem("rom=1").rfind("variation rom: wants one of room, ", 0) == 0);
  CHECK(problem("=1").rfind("variation : wants one of ", 0) == 0);
  CHECK(problem("room=2.1") == "room = 2.1: wants 0 to 2");
  CHECK(problem("noise=-1") == "noise = -1: wants 0 to 2");
  CHECK(problem("noise=nan") == "noise = nan: wants 0 to 2");
}

TEST_CASE("a performance varies within its bounds", "[synthesis][variation][property]") {
  const double amount = GENERATE(0.3, 1.0, 2.0);
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Chorale chorale = compose(12.0, seed);
    for (size_t v = 0; v < 4; ++v) {
      const ChoralePlayer& player = chorale_players()[v];
      const auto before = perform(chorale, v);
      auto notes = before;
      vary_performance(notes,
                       player,
                       uniform_variations(amount),
                       chorale.seconds,
                       seed,
                       {0, static_cast<int64_t>(v)});
      REQUIRE(notes.size() == before.size());
      for (size_t i = 0; i < notes.size(); ++i) {
        const PlayedNote& note = notes[i];
        const double end = note.onset_seconds + note.duration_seconds;
        CHECK(note.pitch == before[i].pitch);
        CHECK(note.onset_seconds >= (i == 0 ? 0.0 : notes[i - 1].onset_seconds));
        CHECK(end <= (i + 1 < notes.size() ? notes[i + 1].onset_seconds : 12.0) + 1e-9);
        CHECK(note.duration_seconds >= 0.0);
        CHECK(note.velocity >= 20);
        CHECK(note.velocity <= 127);
        CHECK(note.pitch + note.key_shift >= player.lowest);
        CHECK(note.pitch + note.key_shift <= player.highest);
        // The pitch wheel reaches 200 cents.
        CHECK(std::abs(note.cents) <= 22.0 + 45.0 * amount + 1e-9);
        for (const float cents : note.pitch_curve) {
          CHECK(std::abs(cents) <= 190.0F * static_cast<float>(amount));
        }
      }
    }
  }
}

TEST_CASE("no variation changes nothing", "[synthesis][variation]") {
  const Chorale chorale = compose(6.0, 2);
  const auto before = perform(chorale, 1);
  auto notes = before;
  vary_performance(notes, chorale_players()[1], Variations(), 6.0, 1, {0, 1});
  for (size_t i = 0; i < notes.size(); ++i) {
    CHECK(notes[i].onset_seconds == before[i].onset_seconds);
    CHECK(notes[i].duration_seconds == before[i].duration_seconds);
    CHECK(notes[i].velocity == before[i].velocity);
    CHECK(notes[i].key_shift == 0);
    CHECK(notes[i].pitch_curve.empty());
  }
  const auto plain = varied("", 0);
  CHECK(plain == varied("programs", 0));  // which is not of the sound
  for (const std::string name : {"levels", "timbre", "noise", "room", "equalization"}) {
    CAPTURE(name);
    CHECK(varied(name, 0) != plain);
  }
}

TEST_CASE("sound varies by seed and part", "[synthesis][variation]") {
  for (const std::string name :
       {"levels", "timbre", "noise", "room", "equalization", "all"}) {
    CAPTURE(name);
    const auto once = varied(name, 0);
    CHECK(once == varied(name, 0));
    CHECK(once != varied(name, 1));
    CHECK(once != varied(name, 0, 2));
    CHECK(once.size() == 64000);
    CHECK(std::all_of(once.begin(), once.end(), [](float x) { return std::isfinite(x); }));
  }
}

// Chunks of 2^17 samples meet without a seam: a tone's spectrum shaped by nothing but an
// equalizer keeps a constant level across them.
TEST_CASE("spectra are shaped without seams", "[synthesis][variation]") {
  PlayedNote note;
  note.duration_seconds = 20.0;
  for (uint64_t seed = 0; seed < 4; ++seed) {
    Signal signal = sing({note}, 20.0, 16000);
    const double plain = rms(slice(signal, 16000, 17600));
    Variations variations;
    variations.equalization = 1.0;
    vary_sound(signal, {note}, variations, seed, {0, 0});
    const auto level = [&](int64_t begin) {
      return rms(slice(signal, begin, begin + 1600));
    };
    const double expected = level(16000);
    CHECK(expected != Approx(plain).epsilon(0.02));
    for (const int64_t begin : {131072 - 800, 131072, 262144, 200000}) {
      CHECK(level(begin) == Approx(expected).epsilon(0.02));
    }
  }
}

TEST_CASE("a room answers and dies away", "[synthesis][variation]") {
  const int64_t rate = GENERATE(int64_t{8000}, 44100);
  Signal impulse = make_silence(1, 3 * rate, rate);
  impulse.samples[static_cast<size_t>(rate / 10)] = 1.0F;
  Room room;
  room.decay_seconds = 0.5;
  RandomStream random(1, "test/place");
  const RoomPlace place = draw_place(room, random);
  Signal wet = impulse;
  add_room(wet, room, place, 1.0);
  CHECK(rms(slice(wet, 0, rate / 10)) < 1e-9);  // nothing before the sound
  CHECK(rms(slice(wet, rate / 10 + 1, 3 * rate)) > 0.0);
  const auto energy = [&](double begin) {
    const auto first = static_cast<int64_t>(begin * static_cast<double>(rate));
    return rms(slice(wet, first, first + rate / 10));
  };
  // 60 dB in 0.5 s or sooner, since the low-pass filter takes some too.
  CHECK(energy(0.8) < 1.3e-3 * energy(0.2) * 10.0);
  Signal dry = impulse;
  add_room(dry, room, place, 0.0);
  CHECK(dry.samples == impulse.samples);
}

TEST_CASE("players' ornaments take the time of a note",
          "[synthesis][variation][property]") {
  size_t num_added = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Chorale chorale = compose(20.0, seed);
    for (size_t v = 0; v < 4; ++v) {
      const auto before = chorale.voices[v];
      ChoralePlayer player;
      player.lowest = 127;
      player.highest = 0;
      for (const auto& note : before) {
        player.lowest = std::min(player.lowest, note.pitch);
        player.highest = std::max(player.highest, note.pitch);
      }
      RandomStream random(seed, "test/ornaments", {static_cast<int64_t>(v)});
      add_players_ornaments(chorale, v, player.lowest, player.highest, 1.0, random);
      const auto& after = chorale.voices[v];
      num_added += after.size() - before.size();
      double beats = 0.0;
      for (const auto& note : after) {
        CHECK(note.onset_beats == Approx(beats).margin(1e-9));
        CHECK(note.duration_seconds > 0.02);
        CHECK(note.pitch >= player.lowest);
        CHECK(note.pitch <= player.highest);
        beats += note.duration_beats;
      }
      CHECK(beats == Approx(static_cast<double>(chorale.num_beats())).margin(1e-9));
      CHECK(after.back().onset_seconds == before.back().onset_seconds);
    }
  }
  CHECK(num_added > 100);
}

TEST_CASE("pieces are transposed within all ranges", "[synthesis][variation][property]") {
  std::vector<int> moves;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const Chorale before = compose(6.0, seed);
    Chorale chorale = before;
    RandomStream random(seed, "test/transposition");
    transpose_by_chance(chorale, chorale_players(), 1.0, random);
    const int moved = chorale.voices[0][0].pitch - before.voices[0][0].pitch;
    moves.push_back(moved);
    CHECK(moved >= -3);
    CHECK(moved <= 6);
    CHECK(chorale.key.tonic == (before.key.tonic + moved + 12) % 12);
    for (size_t v = 0; v < 4; ++v) {
      for (size_t i = 0; i < chorale.voices[v].size(); ++i) {
        const int pitch = chorale.voices[v][i].pitch;
        CHECK(pitch == before.voices[v][i].pitch + moved);
        CHECK(pitch >= chorale_players()[v].lowest);
        CHECK(pitch <= chorale_players()[v].highest);
      }
    }
  }
  CHECK(*std::min_element(moves.begin(), moves.end()) <= -2);
  CHECK(*std::max_element(moves.begin(), moves.end()) >= 5);
  auto narrow = chorale_players();
  narrow[0].lowest = 60;
  narrow[0].highest = 81;
  for (uint64_t seed = 0; seed < 30; ++seed) {
    Chorale chorale = compose(12.0, seed);
    RandomStream random(seed, "test/transposition");
    transpose_by_chance(chorale, narrow, 2.0, random);
    for (const auto& note : chorale.voices[0]) {
      CHECK(note.pitch >= 60);
      CHECK(note.pitch <= 81);
    }
  }
}
