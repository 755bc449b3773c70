#include "libsep/synthesis/chorale_player.h"
#include "libsep/synthesis/sound_font.h"

#include <array>
#include <cmath>
#include <complex>

#include "libsep/core/error.h"
#include "libsep/core/threads.h"
#include "libsep/data/bach10.h"
#include "libsep/data/dataset.h"
#include "tests/support/audio_files.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"
#include "tests/support/threads.h"
#include "tests/synthesis/chorales.h"

using namespace sep;
using namespace sep::music;

#define SEP_NEEDS_SOUND_FONT()                                 \
  if (!has_fluidsynth()) SEP_SKIP("built without FluidSynth"); \
  if (!std::filesystem::exists(default_sound_font())) SEP_SKIP("no TimGM6mb")

namespace {

constexpr double kTwoPi = 6.283185307179586;

PlayedNote make_note(int pitch, double onset, double duration) {
  PlayedNote note;
  note.pitch = pitch;
  note.onset_seconds = onset;
  note.duration_seconds = duration;
  return note;
}

Signal render(const ChoralePlayer& player,
              const std::vector<PlayedNote>& notes,
              double seconds,
              int64_t sample_rate = 44100) {
  const auto num_samples = std::llround(seconds * static_cast<double>(sample_rate));
  return render_voice(default_sound_font(), player, notes, num_samples, sample_rate);
}

/// Power at one frequency of the signal from `begin` on, one second, Hann window.
double power_at(const Signal& signal, double begin, double hz) {
  const auto rate = static_cast<double>(signal.sample_rate);
  const auto first = static_cast<size_t>(begin * rate);
  std::complex<double> sum = 0.0;
  for (size_t n = 0; n < static_cast<size_t>(signal.sample_rate); ++n) {
    const double t = static_cast<double>(n) / rate;
    sum += static_cast<double>(signal.samples.at(first + n)) *
           (0.5 - 0.5 * std::cos(kTwoPi * t)) * std::polar(1.0, -kTwoPi * hz * t);
  }
  return std::norm(sum);
}

double level_between(const Signal& signal, double begin, double end) {
  const auto rate = static_cast<double>(signal.sample_rate);
  double sum = 0.0;
  const auto first = static_cast<size_t>(begin * rate);
  const auto last = static_cast<size_t>(end * rate);
  for (size_t n = first; n < last; ++n) {
    sum += std::pow(static_cast<double>(signal.samples.at(n)), 2.0);
  }
  return std::sqrt(sum / static_cast<double>(last - first));
}

/// Where the fundamental is, in cents from `pitch`, by the strongest of a grid of 2 cents.
double measured_cents(const Signal& signal, double begin, int pitch) {
  double best = 0.0;
  double best_power = -1.0;
  for (double cents = -60.0; cents <= 60.0; cents += 2.0) {
    const double semitones = static_cast<double>(pitch) - 69.0 + cents / 100.0;
    const double power = power_at(signal, begin, 440.0 * std::exp2(semitones / 12.0));
    if (power > best_power) {
      best_power = power;
      best = cents;
    }
  }
  return best;
}

Chorale compose(double seconds, uint64_t seed) {
  RandomStream random(seed, "test/chorale");
  return compose_chorale(seconds, random);
}

}  // namespace

TEST_CASE("players are Bach10's", "[data][chorale]") {
  std::set<StemName> stems;
  for (const auto& player : chorale_players()) stems.insert(player.stem);
  const auto& instruments = bach10_instruments();
  CHECK(stems == std::set<StemName>(instruments.begin(), instruments.end()));
}

TEST_CASE("people play nearly what is written", "[data][chorale][property]") {
  double sum = 0.0;
  double sum_of_squares = 0.0;
  double count = 0.0;
  for (uint64_t seed = 0; seed < 30; ++seed) {
    const Chorale chorale = compose(30.0, seed);
    RandomStream random(seed, "test/player");
    for (size_t v = 0; v < 4; ++v) {
      const auto notes = perform_voice(chorale, v, chorale_players()[v], random);
      REQUIRE(notes.size() == chorale.voices[v].size());
      for (size_t i = 0; i < notes.size(); ++i) {
        const double late = notes[i].onset_seconds - chorale.voices[v][i].onset_seconds;
        const double end = notes[i].onset_seconds + notes[i].duration_seconds;
        sum += late;
        sum_of_squares += late * late;
        count += 1.0;
        CHECK(notes[i].pitch == chorale.voices[v][i].pitch);
        CHECK(std::abs(late) <= 0.0351);
        CHECK(std::abs(notes[i].cents) <= 22.0);
        CHECK(notes[i].duration_seconds > 0.04);
        CHECK(notes[i].velocity > 40);
        CHECK(notes[i].velocity <= 127);
        CHECK(end <= (i + 1 < notes.size() ? notes[i + 1].onset_seconds : 30.0) + 1e-9);
      }
    }
  }
  // Some 5000 onsets: their mean is known to 0.2 ms, the deviation to 0.13.
  CHECK(sum / count == Approx(0.0).margin(0.001));
  CHECK(std::sqrt(sum_of_squares / count) == Approx(0.013).margin(0.001));
}

TEST_CASE("each instrument plays the pitch asked for", "[data][chorale]") {
  SEP_NEEDS_SOUND_FONT();
  const std::array<int, 4> pitches = {72, 65, 58, 48};
  for (size_t v = 0; v < 4; ++v) {
    ChoralePlayer player = chorale_players()[v];
    CAPTURE(player.stem);
    PlayedNote note = make_note(pitches[v], 0.1, 1.6);
    const Signal in_tune = render(player, {note}, 2.0);
    note.cents = 30.0;
    const Signal sharp = render(player, {note}, 2.0);
    // The sound font's own samples are up to some 15 cents out of tune.
    CHECK(std::abs(measured_cents(in_tune, 0.4, pitches[v])) <= 20.0);
    CHECK(measured_cents(sharp, 0.4, pitches[v]) -
              measured_cents(in_tune, 0.4, pitches[v]) ==
          Approx(30.0).margin(4.0));
  }
}

TEST_CASE("a note sounds from its onset until it dies away", "[data][chorale]") {
  SEP_NEEDS_SOUND_FONT();
  const auto sample_rate = GENERATE(int64_t{8000}, 44100, 96000);
  for (const auto& player : chorale_players()) {
    CAPTURE(player.stem, sample_rate);
    const Signal signal = render(player, {make_note(60, 0.5, 0.5)}, 2.0, sample_rate);
    REQUIRE(signal.num_samples() == 2 * sample_rate);
    CHECK(signal.sample_rate == sample_rate);
    CHECK(level_between(signal, 0.0, 0.49) == 0.0);
    const double level = level_between(signal, 0.6, 0.9);
    CHECK(level > 1e-3);
    CHECK(level_between(signal, 1.8, 2.0) < 0.003 * level);  // -50 dB
  }
}

TEST_CASE("vibrato widens the fundamental", "[data][chorale]") {
  SEP_NEEDS_SOUND_FONT();
  const ChoralePlayer& violin = chorale_players()[0];
  PlayedNote note = make_note(72, 0.1, 2.0);
  const double hz = 440.0 * std::exp2(3.0 / 12.0);
  const auto side_db = [&](double cents) {
    note.vibrato_cents = cents;
    note.vibrato_hz = 6.0;
    const Signal signal = render(violin, {note}, 2.5);
    return 10.0 * std::log10(power_at(signal, 0.6, hz + 6.0) / power_at(signal, 0.6, hz));
  };
  // 25 cents of 523 Hz swing by 7.6 Hz: frequency modulation of index 1.26 has sidebands
  // of nearly the carrier's level.
  CHECK(side_db(25.0) > side_db(0.0) + 10.0);
}

TEST_CASE("threads may render side by side", "[data][chorale]") {
  SEP_NEEDS_SOUND_FONT();
  const Threads threads(4);
  const Chorale chorale = compose(4.0, 5);
  std::vector<Signal> alone(8);
  std::vector<Signal> together(8);
  const auto render_one = [&](int64_t i) {
    const auto voice = static_cast<size_t>(i % 4);
    RandomStream random(static_cast<uint64_t>(i), "test/player");
    const auto& player = chorale_players()[voice];
    return render(player, perform_voice(chorale, voice, player, random), 4.0);
  };
  for (int64_t i = 0; i < 8; ++i) alone[static_cast<size_t>(i)] = render_one(i);
  parallel_for(8, 4, [&](int64_t i) { together[static_cast<size_t>(i)] = render_one(i); });
  for (size_t i = 0; i < 8; ++i) CHECK(alone[i].samples == together[i].samples);
}

TEST_CASE("a voice that is not there is an error", "[data][chorale][failure]") {
  RandomStream random(1, "test/player");
  CHECK(message_of([&] {
          perform_voice(compose(4.0, 5), 4, chorale_players()[0], random);
        }) == "voice 4 of a chorale: wants 0 to 3");
  if (!has_fluidsynth()) return;
  CHECK(message_of([] {
          render_voice(default_sound_font(), chorale_players()[0], {}, -1, 44100);
        }) == "a voice of -1 samples: wants 0 or more");
}

TEST_CASE("a sound font that is none is an error", "[data][chorale]") {
  const TemporaryFolder folder;
  const auto message = [&](const std::filesystem::path& sound_font) {
    return message_of(
        [&] { render_voice(sound_font, chorale_players()[0], {}, 100, 44100); });
  };
  if (!has_fluidsynth()) {
    CHECK(message(folder / "none.sf2").find("without FluidSynth") != std::string::npos);
    return;
  }
  const std::string name = (folder / "x.sf2").string();
  CHECK(message(name) == name + ": wants a sound font, found nothing");
  CHECK(message(folder.path()) ==
        folder.path().string() + ": wants a sound font, found no file");
  write_text(name, "no sound font, only words");
  CHECK(message(name) == name + ": wants a sound font (RIFF, sfbk), found something else");
  write_text(name, std::string("RIFF\xFF\x00\x00\x00sfbkLIST", 16));
  CHECK(message(name) == name + ": wants a sound font of 263 bytes, found 16");
  // Sound in its outer shape, but empty.
  write_text(name, std::string("RIFF\x04\x00\x00\x00sfbk", 12));
  CHECK(message(name).rfind(name + ": wants a sound font, found a broken one", 0) == 0);
}

TEST_CASE("an instrument that the sound font lacks is an error", "[data][chorale]") {
  SEP_NEEDS_SOUND_FONT();
  ChoralePlayer player = chorale_players()[0];
  player.program = 200;
  CHECK(message_of([&] { render(player, {}, 1.0); }) ==
        default_sound_font().string() +
            ": wants General MIDI's program 201 for violin, found none");
  CHECK_THROWS_AS(render(chorale_players()[0], {}, 1.0, 7999), Error);
  CHECK_THROWS_AS(render(chorale_players()[0], {}, 1.0, 96001), Error);
}
