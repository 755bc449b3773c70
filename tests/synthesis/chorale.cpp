#include "libsep/synthesis/chorale.h"

#include <cmath>
#include <map>
#include <tuple>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/synthesis/chorales.h"

using namespace sep;
using namespace sep::music;

namespace {

Chorale compose(double seconds, uint64_t seed) {
  RandomStream random(seed, "test/chorale");
  return compose_chorale(seconds, random);
}

std::vector<std::tuple<int, double, double>> all_notes(const Chorale& chorale) {
  std::vector<std::tuple<int, double, double>> notes;
  for (const auto& voice : chorale.voices) {
    for (const auto& note : voice) {
      notes.emplace_back(note.pitch, note.onset_seconds, note.duration_seconds);
    }
  }
  return notes;
}

}  // namespace

TEST_CASE("no chorale breaks a rule", "[data][chorale][property]") {
  const auto [seconds, num_seeds] = GENERATE(std::make_pair(2.0, 150),
                                             std::make_pair(7.0, 150),
                                             std::make_pair(30.0, 300),
                                             std::make_pair(45.0, 40),
                                             std::make_pair(600.0, 2));
  std::set<std::pair<int, Mode>> keys;
  std::set<Cadence> cadences;
  for (int seed = 0; seed < num_seeds; ++seed) {
    const Chorale chorale = compose(seconds, static_cast<uint64_t>(seed));
    for (const Violation& violation : check_voice_leading(chorale)) {
      FAIL_CHECK("seed " << seed << ", " << seconds << " s, beat " << violation.beat << ", "
                         << violation.rule << ": " << violation.detail);
    }
    keys.emplace(chorale.key.tonic, chorale.key.mode);
    for (const auto& phrase : chorale.phrases) cadences.insert(phrase.cadence);
  }
  CHECK((num_seeds < 150 || keys.size() == 24));
  CHECK((seconds < 30.0 || cadences.size() == 3));
}

TEST_CASE("a chorale lasts as long as asked for", "[data][chorale][property]") {
  const auto seconds = GENERATE(2.0, 3.3, 10.0, 25.23, 41.67, 600.0);
  for (uint64_t seed = 0; seed < 10; ++seed) {
    CAPTURE(seconds, seed);
    const Chorale chorale = compose(seconds, seed);
    CHECK(chorale.seconds == seconds);
    for (const auto& voice : chorale.voices) {
      REQUIRE_FALSE(voice.empty());
      CHECK(voice.front().onset_seconds > 0.0);
      CHECK(voice.front().onset_seconds <= 0.3);
      const double end = voice.back().onset_seconds + voice.back().duration_seconds;
      CHECK(end < seconds);
      CHECK(end >= 0.9 * seconds - 0.001);  // the tail is a tenth at most
      for (size_t i = 1; i < voice.size(); ++i) {
        const double gap = voice[i].onset_seconds - voice[i - 1].onset_seconds -
                           voice[i - 1].duration_seconds;
        CHECK(voice[i - 1].duration_seconds > 0.1);
        CHECK((voice[i - 1].fermata ? gap > 0.1 : std::abs(gap) < 1e-9));
      }
    }
  }
}

// From 25 s on phrases fit into every length: only rounding to two beats bends the tempo.
TEST_CASE("tempo and fermatas", "[data][chorale][property]") {
  const auto seconds = GENERATE(25.0, 33.0, 45.0);
  for (uint64_t seed = 0; seed < 100; ++seed) {
    CAPTURE(seconds, seed);
    const Chorale chorale = compose(seconds, seed);
    CHECK(chorale.beats_per_minute > 65.0);
    CHECK(chorale.beats_per_minute < 105.0);
    const double beat = 60.0 / chorale.beats_per_minute;
    // With its breath, and against an average that counts the fermatas.
    const auto& bass = chorale.voices[3];
    for (size_t i = 0; i + 1 < bass.size(); ++i) {
      const double seconds_to_next = bass[i + 1].onset_seconds - bass[i].onset_seconds;
      if (bass[i].fermata) CHECK(seconds_to_next > 1.1 * bass[i].duration_beats * beat);
    }
  }
}

// Over 200 chorales the shares of eighth and half notes are known to 0.01; Bach10's own
// come from some 500 notes a voice (standard deviation 0.02).
TEST_CASE("rhythm is as lively as Bach10's", "[data][chorale]") {
  const std::array<double, 4> eighths = {0.17, 0.31, 0.35, 0.50};
  const std::array<double, 4> halves = {0.17, 0.09, 0.10, 0.06};
  std::array<std::map<double, double>, 4> share;
  std::array<double, 4> count = {};
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const Chorale chorale = compose(30.0, seed);
    for (size_t v = 0; v < 4; ++v) {
      for (const auto& note : chorale.voices[v]) {
        share[v][note.duration_beats] += 1.0;
        count[v] += 1.0;
      }
    }
  }
  for (size_t v = 0; v < 4; ++v) {
    CAPTURE(v);
    CHECK(share[v][0.5] / count[v] == Approx(eighths[v]).margin(0.05));
    CHECK(share[v][2.0] / count[v] == Approx(halves[v]).margin(0.05));
  }
}

TEST_CASE("ornaments are marked", "[data][chorale]") {
  size_t num_ornaments = 0;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    for (const auto& voice : compose(30.0, seed).voices) {
      for (const auto& note : voice) {
        const bool off_beat = note.onset_beats != std::floor(note.onset_beats);
        CHECK(note.ornament == off_beat);
        if (note.ornament) ++num_ornaments;
      }
    }
  }
  CHECK(num_ornaments > 200);
}

TEST_CASE("the same seed gives the same chorale, another one another", "[data][chorale]") {
  std::set<std::vector<std::tuple<int, double, double>>> different;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const auto notes = all_notes(compose(12.0, seed));
    CHECK(notes == all_notes(compose(12.0, seed)));
    different.insert(notes);
  }
  CHECK(different.size() == 20);
}

TEST_CASE("keys have names", "[data][chorale]") {
  CHECK(key_name({0, Mode::kMajor}) == "C major");
  CHECK(key_name({10, Mode::kMajor}) == "B flat major");
  CHECK(key_name({6, Mode::kMinor}) == "F sharp minor");
  CHECK_THROWS(key_name({12, Mode::kMajor}));
}

TEST_CASE("a chorale has a length", "[data][chorale]") {
  CHECK_THROWS_AS(compose(1.99, 1), Error);
  CHECK_THROWS_AS(compose(601.0, 1), Error);
  CHECK_THROWS_AS(compose(std::nan(""), 1), Error);
}
