#include "tests/support/voice_leading.h"

#include "tests/support/catch.h"
#include "tests/synthesis/chorales.h"

using namespace sep;
using namespace sep::music;

namespace {

using Chords = std::vector<std::array<int, 4>>;

/// Whether the rule is broken once `chord` stands in place i of the plain chords.
bool breaks(const std::string& rule, size_t i, const std::array<int, 4>& chord) {
  auto chords = plain_chords();
  chords[i] = chord;
  return rules_broken(make_chorale(chords)).count(rule) > 0;
}

/// Splits the soprano's note on a beat, with `pitch` in its second half.
Chorale with_half_beat(size_t beat, int pitch) {
  Chorale chorale = make_chorale(plain_chords());
  auto& soprano = chorale.voices[0];
  soprano[beat].duration_beats = 0.5;
  ChoraleNote note = soprano[beat];
  note.pitch = pitch;
  note.onset_beats += 0.5;
  soprano.insert(soprano.begin() + static_cast<std::ptrdiff_t>(beat) + 1, note);
  return chorale;
}

using Rules = std::set<std::string>;

}  // namespace

TEST_CASE("a chorale by the book has no fault", "[data][voice_leading]") {
  CHECK(rules_broken(make_chorale(plain_chords())) == Rules{});
  // i iio6 V i, the last third major or minor.
  const Chords minor = {
      {72, 67, 63, 48}, {74, 68, 62, 53}, {71, 67, 62, 55}, {72, 67, 63, 48}};
  CHECK(rules_broken(make_chorale(minor, Mode::kMinor)) == Rules{});
  // Applied dominant: I6 V65/V V I, the bass F sharp to G.
  const Chords applied = {
      {72, 67, 64, 52}, {72, 69, 62, 54}, {71, 67, 62, 55}, {72, 67, 64, 48}};
  CHECK(rules_broken(make_chorale(applied)) == Rules{});
}

TEST_CASE("registers and order of the voices", "[data][voice_leading]") {
  CHECK(breaks("range", 3, {72, 67, 64, 36}));
  CHECK(breaks("range", 0, {84, 76, 64, 48}));
  CHECK(breaks("crossing", 0, {67, 72, 64, 48}));
  CHECK(breaks("crossing", 0, {72, 67, 48, 52}));
  CHECK(breaks("spacing", 0, {79, 64, 60, 48}));
  CHECK(breaks("spacing", 0, {79, 72, 59, 48}));
  CHECK_FALSE(breaks("spacing", 0, {76, 64, 60, 48}));  // an octave is not too wide
}

TEST_CASE("fifths and octaves", "[data][voice_leading]") {
  CHECK(breaks("parallels", 1, {74, 69, 65, 50}));  // C - D, both outer voices
  // Fifths between tenor and bass, G3 - C3 to A3 - D3.
  const Chords fifths = {
      {72, 64, 55, 48}, {74, 65, 57, 50}, {71, 67, 62, 55}, {72, 67, 64, 48}};
  CHECK(rules_broken(make_chorale(fifths)).count("parallels") == 1);
  // Repeated, not parallel.
  CHECK_FALSE(breaks("parallels", 1, plain_chords()[0]));
  // Both leap up into a fifth.
  const Chords hidden = {
      {67, 64, 60, 48}, {72, 69, 60, 53}, {71, 67, 62, 55}, {72, 67, 64, 48}};
  CHECK(rules_broken(make_chorale(hidden)).count("hidden") == 1);
}

TEST_CASE("octaves by contrary motion are parallels", "[data][voice_leading]") {
  const Chords contrary = {
      {72, 67, 64, 48}, {69, 65, 62, 53}, {67, 62, 59, 55}, {72, 64, 60, 48}};
  const auto violations = check_voice_leading(make_chorale(contrary));
  bool found = false;
  for (const auto& violation : violations) {
    found = found || (violation.rule == "parallels" && violation.beat == 3.0 &&
                      violation.detail == "soprano and bass: octave to octave");
  }
  CHECK(found);
}

TEST_CASE("parallels between beats are found behind a passing note",
          "[data][voice_leading]") {
  // B4 between C5 and A4 breaks up the octaves with the bass, from C to A.
  const Chords chords = {
      {72, 67, 64, 48}, {69, 64, 60, 45}, {71, 67, 62, 55}, {72, 67, 64, 48}};
  Chorale chorale = make_chorale(chords);
  auto& soprano = chorale.voices[0];
  soprano[0].duration_beats = 0.5;
  ChoraleNote passing = soprano[0];
  passing.pitch = 71;
  passing.onset_beats = 0.5;
  soprano.insert(soprano.begin() + 1, passing);
  CHECK(rules_broken(chorale).count("parallels") == 1);
}

TEST_CASE("melodic intervals", "[data][voice_leading]") {
  // F3 up to B3 in the bass: V6 after IV.
  const Chords tritone = {
      {72, 69, 65, 53}, {74, 67, 62, 59}, {71, 67, 62, 55}, {72, 67, 64, 48}};
  CHECK(rules_broken(make_chorale(tritone)).count("melody") == 1);
  // A flat up to B in the soprano.
  const Chords augmented = {
      {67, 63, 60, 48}, {68, 65, 60, 53}, {71, 62, 59, 55}, {72, 63, 60, 48}};
  CHECK(rules_broken(make_chorale(augmented, Mode::kMinor)).count("melody") == 1);
  CHECK(breaks("melody", 1, {81, 69, 62, 53}));  // a sixth in the soprano
}

TEST_CASE("chords, inversions and doublings", "[data][voice_leading]") {
  CHECK(breaks("chord", 1, {74, 70, 62, 53}));     // B flat major
  CHECK(breaks("chord", 1, {74, 72, 60, 53}));     // F C D: none
  CHECK(breaks("chord", 3, {72, 67, 64, 43}));     // six-four
  CHECK(breaks("chord", 1, {74, 65, 62, 47}));     // B diminished in root position
  CHECK(breaks("chord", 1, {72, 67, 60, 48}));     // no third
  CHECK(breaks("doubling", 2, {71, 67, 59, 55}));  // B twice
}

TEST_CASE("tendencies", "[data][voice_leading]") {
  CHECK(breaks("leading tone", 3, {67, 64, 60, 48}));  // B4 falls to G4
  CHECK_FALSE(breaks("leading tone", 3, {72, 64, 60, 48}));
  const Chords rises = {
      {72, 67, 64, 48}, {74, 69, 62, 53}, {71, 65, 62, 55}, {72, 67, 64, 48}};
  CHECK(rules_broken(make_chorale(rises)).count("seventh") == 1);  // F4 to G4
  const Chords falls = {
      {72, 67, 64, 48}, {74, 69, 62, 53}, {71, 65, 62, 55}, {72, 64, 60, 48}};
  CHECK(rules_broken(make_chorale(falls)).count("seventh") == 0);
  // The leading tone of a dominant's dominant: F sharp down to D.
  const Chords applied = {
      {72, 67, 64, 48}, {66, 62, 60, 50}, {62, 59, 55, 43}, {60, 60, 52, 48}};
  CHECK(rules_broken(make_chorale(applied)).count("leading tone") == 1);
}

TEST_CASE("notes between the beats", "[data][voice_leading]") {
  CHECK(rules_broken(with_half_beat(1, 72)) == Rules{});  // D C B: passing
  CHECK(rules_broken(with_half_beat(0, 77)).count("ornament") == 1);
  CHECK(rules_broken(with_half_beat(2, 69)).count("ornament") == 1);  // left by a leap
}

TEST_CASE("cadences and form", "[data][voice_leading]") {
  CHECK(breaks("cadence", 3, {67, 64, 60, 48}));  // not on the tonic
  CHECK(breaks("cadence", 2, {71, 65, 62, 50}));  // vii6, not V
  const auto as_half = make_chorale(plain_chords(), Mode::kMajor, Cadence::kHalf);
  CHECK(rules_broken(as_half) == Rules{"cadence"});

  Chorale gap = make_chorale(plain_chords());
  gap.voices[2][1].duration_beats = 0.5;
  CHECK(rules_broken(gap) == Rules{"form"});
  Chorale no_fermata = make_chorale(plain_chords());
  no_fermata.voices[1].back().fermata = false;
  CHECK(rules_broken(no_fermata) == Rules{"form"});
  Chorale shifted = make_chorale(plain_chords());
  shifted.phrases[0].first_beat = 1;
  CHECK(rules_broken(shifted) == Rules{"form"});
  CHECK(rules_broken(Chorale()) == Rules{"form"});
  Chorale other_key = make_chorale(plain_chords());
  other_key.key.tonic = 7;
  CHECK(rules_broken(other_key) == Rules{"cadence"});
}

// Across a fermata a leading tone need not rise.
TEST_CASE("tendencies end with the phrase", "[data][voice_leading]") {
  // I V, then ii6 V I: B4 under the fermata, then D5.
  Chorale chorale = make_chorale({{72, 67, 64, 48},
                                  {71, 67, 62, 55},
                                  {74, 69, 62, 53},
                                  {71, 67, 62, 55},
                                  {72, 67, 64, 48}});
  const Key key = chorale.key;
  chorale.phrases = {{0, 2, key, Cadence::kHalf, {}}, {2, 3, key, Cadence::kPerfect, {}}};
  for (auto& voice : chorale.voices) voice[1].fermata = true;
  CHECK(rules_broken(chorale) == Rules{});
  for (auto& voice : chorale.voices) voice[1].fermata = false;
  chorale.phrases = {{0, 5, key, Cadence::kPerfect, {}}};
  CHECK(rules_broken(chorale).count("leading tone") == 1);
}
