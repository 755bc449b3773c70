#include "libsep/synthesis/ensemble.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "libsep/core/error.h"
#include "libsep/synthesis/midi_instrument.h"
#include "tests/support/catch.h"
#include "tests/support/messages.h"
#include "tests/synthesis/chorales.h"

using namespace sep;
using namespace sep::music;

namespace {

using Names = std::vector<std::string>;

Chorale compose(double seconds, uint64_t seed) {
  RandomStream random(seed, "test/chorale");
  return compose_chorale(seconds, random);
}

Chorale arrange(const Chorale& chorale, const Names& names, uint64_t seed = 1) {
  RandomStream random(seed, "test/filled");
  return arranged(chorale, arrange_for(make_ensemble(names)), random);
}

std::vector<int> pitches_of(const std::vector<ChoraleNote>& voice) {
  std::vector<int> pitches;
  for (const auto& note : voice) pitches.push_back(note.pitch);
  return pitches;
}

std::vector<std::string> stems_of(const Names& names) {
  std::vector<std::string> stems;
  for (const auto& player : make_ensemble(names)) stems.push_back(player.stem);
  return stems;
}

const std::vector<Names>& ensembles() {
  static const std::vector<Names> all = {
      {"violin", "cello"},
      {"tuba", "piccolo"},
      {"flute", "flute", "flute"},
      {"violin", "viola", "cello"},
      {"flute", "oboe", "horn", "bassoon"},
      {"violin", "timpani", "cello"},
      {"soprano_sax", "alto_sax", "tenor_sax", "baritone_sax"},
      {"trumpet", "trumpet", "horn", "trombone", "tuba"},
      {"violin", "violin", "viola", "viola", "cello", "double_bass"},
      {"flute", "oboe", "clarinet", "horn", "bassoon", "tuba", "contrabass"},
      {"piccolo", "flute", "oboe", "english_horn", "clarinet", "horn", "bassoon", "tuba"}};
  return all;
}

}  // namespace

TEST_CASE("General MIDI has 128 instruments", "[synthesis][ensemble]") {
  std::set<std::string> names;
  const auto& instruments = midi_instruments();
  REQUIRE(instruments.size() == 128);
  for (size_t i = 0; i < instruments.size(); ++i) {
    CAPTURE(instruments[i].name);
    CHECK(instruments[i].program == static_cast<int>(i));
    CHECK(instruments[i].lowest >= 0);
    CHECK(instruments[i].lowest + 12 <= instruments[i].highest);
    CHECK(instruments[i].highest <= 127);
    CHECK(stem_name_problem(instruments[i].name).empty());
    CHECK(find_midi_instrument(instruments[i].name).program == static_cast<int>(i));
    names.insert(instruments[i].name);
  }
  CHECK(names.size() == 128);
  // Numbers of the standard, from 1 there.
  CHECK(find_midi_instrument("violin").program == 40);
  CHECK(find_midi_instrument("french_horn").program == 60);
  CHECK(find_midi_instrument("oboe").program == 68);
  CHECK(find_midi_instrument("flute").program == 73);
  CHECK(find_midi_instrument("gunshot").program == 127);
  CHECK(find_midi_instrument("saxophone").name == "saxphone");
  CHECK(pitch_name(60) == "C4");
  CHECK(pitch_name(54) == "F#3");
  CHECK(pitch_name(0) == "C-1");
}

TEST_CASE("Bach10's ensemble plays what is composed", "[synthesis][ensemble]") {
  const Names names = {"violin", "clarinet", "saxophone", "bassoon"};
  const auto players = make_ensemble(names);
  for (size_t v = 0; v < 4; ++v) {
    CHECK(players[v].stem == chorale_players()[v].stem);
    CHECK(players[v].program == chorale_players()[v].program);
    CHECK(players[v].vibrato_cents == chorale_players()[v].vibrato_cents);
    CHECK(players[v].near.size() == chorale_players()[v].near.size());
  }
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const Chorale chorale = compose(20.0, seed);
    const Chorale same = arrange(chorale, names);
    CHECK(key_name(same.key) == key_name(chorale.key));
    for (size_t v = 0; v < 4; ++v) {
      CHECK(pitches_of(same.voices[v]) == pitches_of(chorale.voices[v]));
    }
  }
}

TEST_CASE("every part lies in its player's range", "[synthesis][ensemble][property]") {
  for (const Names& names : ensembles()) {
    const auto players = make_ensemble(names);
    CAPTURE(stems_of(names));
    for (uint64_t seed = 0; seed < 8; ++seed) {
      const Chorale chorale = arrange(compose(3.0 + 6.0 * double(seed), seed), names, seed);
      REQUIRE(chorale.voices.size() == names.size());
      for (size_t v = 0; v < names.size(); ++v) {
        const auto pitches = pitches_of(chorale.voices[v]);
        REQUIRE_FALSE(pitches.empty());
        const auto ends = std::minmax_element(pitches.begin(), pitches.end());
        CHECK(*ends.first >= players[v].lowest);
        CHECK(*ends.second <= players[v].highest);
      }
    }
  }
}

TEST_CASE("filled-in voices go through the chords", "[synthesis][ensemble][property]") {
  const Names names = ensembles().back();
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const Chorale chorale = compose(20.0, seed);
    const Chorale whole = arrange(chorale, names, seed);
    const double end = static_cast<double>(chorale.num_beats());
    std::set<std::vector<int>> lines;
    for (const auto& voice : whole.voices) {
      double beats = 0.0;
      std::vector<int> classes;
      for (const auto& note : voice) {
        CHECK(note.onset_beats == Approx(beats).margin(1e-9));  // no gap, no overlap
        CHECK(note.duration_seconds > 0.0);
        beats += note.duration_beats;
        classes.push_back(note.pitch % 12);
      }
      CHECK(beats == Approx(end).margin(1e-9));
      lines.insert(classes);
    }
    CHECK(lines.size() == names.size());  // none doubles another throughout
    // On beats where all four move, every voice sings a tone of theirs.
    std::set<std::pair<int64_t, int>> tones;
    for (const auto& voice : chorale.voices) {
      for (const auto& note : voice) {
        const auto last = std::llround(2.0 * (note.onset_beats + note.duration_beats));
        for (int64_t h = std::llround(2.0 * note.onset_beats); h < last; ++h) {
          tones.insert({h, note.pitch % 12});
        }
      }
    }
    const int moved = arrange_for(make_ensemble(names)).semitones;
    for (const auto& voice : whole.voices) {
      for (const auto& note : voice) {
        if (note.ornament) continue;
        const auto half = std::llround(2.0 * note.onset_beats);
        CHECK(tones.count({half, (note.pitch - moved + 120) % 12}) == 1);
      }
    }
  }
}

TEST_CASE("players of one instrument are numbered", "[synthesis][ensemble]") {
  CHECK(stems_of({"violin", "violin", "viola", "cello"}) ==
        std::vector<std::string>{"violin_1", "violin_2", "viola", "cello"});
  CHECK(stems_of({"horn", "french_horn"}) == std::vector<std::string>{"horn_1", "horn_2"});
  // What stands in for one player is no other's own.
  for (const auto& player : make_ensemble({"violin", "viola", "cello"})) {
    for (const auto& near : player.near) {
      CHECK(near.program != 40);
      CHECK(near.program != 41);
      CHECK(near.program != 42);
    }
  }
}

TEST_CASE("ensembles that cannot be are errors", "[synthesis][ensemble][failure]") {
  const auto message = [](const Names& names) {
    return message_of([&] { arrange_for(make_ensemble(names)); });
  };
  CHECK(message({}) == "0 players: wants 2 to 8");
  CHECK(message({"violin"}) == "1 player: wants 2 to 8");
  CHECK(message(Names(9, "violin")) == "9 players: wants 2 to 8");
  CHECK(message({"vioin", "cello"})
            .rfind("player vioin: wants an instrument of General MIDI, as violin, ", 0) ==
        0);
  CHECK(message({"", "cello"}).rfind("player : wants an instrument", 0) == 0);
  CHECK(message({"Violin", "cello"}).find("as violin") != std::string::npos);
  CHECK(message({"cello", "agogo"}) ==
        "player agogo, C4 to C5: cannot play the bass, D2 to C4, in any octave");
}
