#include "libsep/synthesis/chorale_dataset.h"

#include <cmath>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>

#include "libsep/core/error.h"
#include "libsep/data/bach10.h"
#include "libsep/data/dataset.h"
#include "libsep/synthesis/chorale_player.h"
#include "tests/support/audio_files.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace sep;
namespace fs = std::filesystem;

#define SEP_NEEDS_SOUND_FONT()                                 \
  if (!has_fluidsynth()) SEP_SKIP("built without FluidSynth"); \
  if (!fs::exists(default_sound_font())) SEP_SKIP("no TimGM6mb")

namespace {

void write_chorales(const fs::path& root,
                    int64_t num_pieces,
                    double seconds,
                    uint64_t seed = 1,
                    int64_t num_threads = 2) {
  ChoraleOptions options;
  options.num_pieces = num_pieces;
  options.seconds = seconds;
  options.seed = seed;
  options.num_threads = num_threads;
  Progress silent;
  synthesize_chorales(root, options, silent);
}

std::map<std::string, size_t> hashes_of(const fs::path& root) {
  std::map<std::string, size_t> hashes;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    hashes[fs::relative(entry.path(), root).string()] =
        std::hash<std::string>()(std::string(std::istreambuf_iterator<char>(file), {}));
  }
  return hashes;
}

std::string key_refused(const std::function<void(ChoraleOptions&)>& change) {
  ChoraleOptions options;
  change(options);
  try {
    options.validate();
  } catch (const ConfigError& error) {
    return error.key();
  }
  return "none";
}

}  // namespace

TEST_CASE("chorales are a Bach10 without faults", "[data][chorale]") {
  SEP_NEEDS_SOUND_FONT();
  const TemporaryFolder folder;
  write_chorales(folder.path(), 3, 4.5);
  const Dataset dataset = open_dataset(folder.path());
  REQUIRE(dataset.pieces.size() == 3);
  CHECK(dataset.instruments == bach10_instruments());
  CHECK(dataset.sample_rate == 44100);
  CHECK(dataset.notes.empty());
  for (const auto& piece : dataset.pieces) {
    CAPTURE(piece.name);
    CHECK(piece.num_samples == 198450);
    CHECK_FALSE(piece.mixture.empty());
    CHECK(piece.name.find("-ChoraleIn") == 2);
    CHECK(piece.name.find(' ') == std::string::npos);
    CHECK(fs::file_size(folder / piece.name / (piece.name + ".mid")) > 200);
    CHECK(fs::file_size(folder / piece.name / (piece.name + ".txt")) > 200);
  }
  CHECK(hashes_of(folder.path()).size() == 21);  // and nothing else, hidden or not
}

// -20.9 dBFS is written to four digits, and rounding to int16 adds noise 80 dB below.
TEST_CASE("chorales are as loud as Bach10", "[data][chorale][property]") {
  SEP_NEEDS_SOUND_FONT();
  const TemporaryFolder folder;
  write_chorales(folder.path(), 4, 9.0, 3);
  for (const auto& piece : open_dataset(folder.path()).pieces) {
    const PieceAudio audio = load_piece(piece);
    CHECK(audio.mixture.seconds() == Approx(9.0));
    for (const auto& [stem, signal] : audio.stems) {
      CAPTURE(piece.name, stem);
      CHECK(20.0 * std::log10(rms(signal)) == Approx(-20.9).margin(0.01));
      CHECK(peak(signal) < 0.99F);
    }
    const Signal sum = clipped_sum(audio.stems);
    const float step = 1.0F / 32768.0F;  // +1 itself is one step above the largest int16
    CHECK(peak(subtract(sum, audio.mixture)) <= (peak(sum) < 1.0F ? 0.0F : step));
  }
}

TEST_CASE("the same seed gives the same chorales' bytes", "[data][chorale]") {
  SEP_NEEDS_SOUND_FONT();
  const TemporaryFolder folder;
  write_chorales(folder / "a", 2, 3.0, 7, 1);
  write_chorales(folder / "b", 2, 3.0, 7, 3);
  write_chorales(folder / "c", 2, 3.0, 8);
  write_chorales(folder / "d", 3, 3.0, 7);
  const auto a = hashes_of(folder / "a");
  const auto d = hashes_of(folder / "d");
  CHECK(a == hashes_of(folder / "b"));  // with any number of threads
  std::set<size_t> contents;
  for (const auto& [name, hash] : a) {
    CAPTURE(name);
    CHECK(d.at(name) == hash);  // a larger set begins with the smaller one
    contents.insert(hash);
  }
  for (const auto& [name, hash] : hashes_of(folder / "c")) contents.insert(hash);
  CHECK(contents.size() == 28);  // no two files are alike
}

namespace {

ChoraleOptions small_options() {
  ChoraleOptions options;
  options.num_pieces = 2;
  options.seconds = 3.0;
  options.sample_rate = 8000;
  options.variations = uniform_variations(1.0);
  return options;
}

void synthesize(const fs::path& root, const ChoraleOptions& options) {
  Progress silent;
  synthesize_chorales(root, options, silent);
}

}  // namespace

TEST_CASE("varied pieces have the same bytes with any threads", "[data][chorale]") {
  SEP_NEEDS_SOUND_FONT();
  const TemporaryFolder folder;
  ChoraleOptions options = small_options();
  const auto hashes = [&](const std::string& name) {
    synthesize(folder / name, options);
    return hashes_of(folder / name);
  };
  options.num_threads = 1;
  const auto one = hashes("one");
  options.num_threads = 3;
  CHECK(hashes("three") == one);
  options.num_pieces = 4;
  const auto more = hashes("more");
  for (const auto& [name, hash] : one) CHECK(more.at(name) == hash);
  options.num_pieces = 2;
  options.variations.room = 0.5;
  const auto other = hashes("other");
  size_t alike = 0;
  for (const auto& [name, hash] : one) {
    alike += other.count(name) == 1 && other.at(name) == hash ? 1 : 0;
  }
  CHECK(alike == 4);  // the scores and the notes' times, but no audio
}

TEST_CASE("the format changes no sample", "[data][chorale]") {
  SEP_NEEDS_SOUND_FONT();
  const TemporaryFolder folder;
  ChoraleOptions options = small_options();
  synthesize(folder / "wav", options);
  options.format = "flac";
  synthesize(folder / "flac", options);
  const Dataset wav = open_dataset(folder / "wav");
  const Dataset flac = open_dataset(folder / "flac");
  REQUIRE(flac.pieces.size() == wav.pieces.size());
  for (size_t i = 0; i < wav.pieces.size(); ++i) {
    CHECK(flac.pieces[i].mixture.extension() == ".flac");
    const auto a = load_piece(wav.pieces[i]);
    const auto b = load_piece(flac.pieces[i]);
    CHECK(a.mixture.samples == b.mixture.samples);
    for (const auto& [stem, signal] : a.stems) {
      CHECK(signal.samples == b.stems.at(stem).samples);
    }
  }
}

TEST_CASE("more than 99 pieces have three digits", "[data][chorale]") {
  SEP_NEEDS_SOUND_FONT();
  const TemporaryFolder folder;
  ChoraleOptions options = small_options();
  options.variations = {};
  options.seconds = 2.0;
  options.players = {"flute", "tuba"};
  synthesize(folder / "few", options);
  options.num_pieces = 100;
  synthesize(folder / "many", options);
  const Dataset few = open_dataset(folder / "few");
  const Dataset many = open_dataset(folder / "many");
  REQUIRE(many.pieces.size() == 100);
  CHECK(many.pieces.front().name.rfind("001-ChoraleIn", 0) == 0);
  CHECK(many.pieces.back().name.rfind("100-ChoraleIn", 0) == 0);
  for (size_t i = 0; i < few.pieces.size(); ++i) {
    CHECK("0" + few.pieces[i].name == many.pieces[i].name);
    CHECK(load_piece(few.pieces[i]).mixture.samples ==
          load_piece(many.pieces[i]).mixture.samples);
  }
}

TEST_CASE("any ensemble is read back", "[data][chorale]") {
  SEP_NEEDS_SOUND_FONT();
  const std::vector<std::vector<std::string>> ensembles = {
      {"flute", "oboe", "horn", "bassoon"},
      {"violin", "violin", "viola", "cello", "double_bass"},
      {"trumpet", "trombone"}};
  for (const auto& players : ensembles) {
    const TemporaryFolder folder;
    ChoraleOptions options = small_options();
    options.players = players;
    synthesize(folder.path(), options);
    const Dataset dataset = open_dataset(folder.path());
    CHECK(dataset.instruments.size() == players.size());
    REQUIRE(dataset.pieces.size() == 2);
    const double fewer = std::min(1.0, 4.0 / static_cast<double>(players.size()));
    for (const auto& piece : dataset.pieces) {
      const PieceAudio audio = load_piece(piece);
      for (const auto& [stem, signal] : audio.stems) {
        CAPTURE(piece.name, stem);
        // Rounding, and now and then a clipped sample of a varied part.
        CHECK(20.0 * std::log10(rms(signal)) ==
              Approx(-20.9 + 10.0 * std::log10(fewer)).margin(0.1));
      }
    }
  }
}

TEST_CASE("each part of a piece draws a sound font", "[data][chorale]") {
  SEP_NEEDS_SOUND_FONT();
  const TemporaryFolder folder;
  const fs::path copy = folder / "copy.sf2";
  fs::copy_file(default_sound_font(), copy);
  ChoraleOptions options = small_options();
  synthesize(folder / "one", options);
  options.sound_fonts = {default_sound_font(), copy};
  synthesize(folder / "two", options);
  CHECK(hashes_of(folder / "one") == hashes_of(folder / "two"));  // of the same sound
  options.sound_fonts = {default_sound_font(), folder / "none.sf2"};
  CHECK(message_of([&] { synthesize(folder / "three", options); }) ==
        (folder / "none.sf2").string() + ": wants a sound font, found nothing");
  CHECK_FALSE(fs::exists(folder / "three"));
}

TEST_CASE("ensembles that cannot play leave nothing", "[data][chorale]") {
  SEP_NEEDS_SOUND_FONT();
  const TemporaryFolder folder;
  ChoraleOptions options = small_options();
  options.players = {"violin", "agogo"};
  CHECK(message_of([&] {
          synthesize(folder / "out", options);
        }).rfind("player agogo, C4 to C5: cannot play", 0) == 0);
  CHECK(fs::is_empty(folder.path()));
  CHECK(message_of([&] {
          music::keep_programs(default_sound_font(), "violin", {40, 200});
        }) == default_sound_font().string() +
                  ": wants General MIDI's program 201 for violin, found none");
}

TEST_CASE("chorale options are checked", "[data][chorale]") {
  CHECK(key_refused([](auto&) {}) == "none");
  CHECK(key_refused([](auto& o) { o.num_pieces = 0; }) == "num_pieces");
  CHECK(key_refused([](auto& o) { o.num_pieces = 10000; }) == "num_pieces");
  CHECK(key_refused([](auto& o) { o.seconds = 1.99; }) == "seconds");
  CHECK(key_refused([](auto& o) { o.seconds = 601.0; }) == "seconds");
  CHECK(key_refused([](auto& o) { o.seconds = std::nan(""); }) == "seconds");
  CHECK(key_refused([](auto& o) { o.sample_rate = 7999; }) == "sample_rate");
  CHECK(key_refused([](auto& o) { o.sample_rate = 96001; }) == "sample_rate");
  CHECK(key_refused([](auto& o) { o.num_threads = -1; }) == "num_threads");
  CHECK(key_refused([](auto& o) { o.sound_fonts.clear(); }) == "sound_fonts");
  CHECK(key_refused([](auto& o) { o.format = "mp3"; }) == "format");
  CHECK(key_refused([](auto& o) { o.variations.room = 3.0; }) == "room");
}

TEST_CASE("nothing is left of chorales that cannot be played", "[data][chorale]") {
  const TemporaryFolder folder;
  ChoraleOptions options;
  options.seconds = 2.0;
  options.sound_fonts = {folder / "none.sf2"};
  Progress silent;
  const auto message =
      message_of([&] { synthesize_chorales(folder / "out", options, silent); });
  if (has_fluidsynth()) {
    CHECK(message ==
          (folder / "none.sf2").string() + ": wants a sound font, found nothing");
  } else {
    CHECK(message.find("--kind tones") != std::string::npos);
  }
  CHECK(fs::is_empty(folder.path()));
}
