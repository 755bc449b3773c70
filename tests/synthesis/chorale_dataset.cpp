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
