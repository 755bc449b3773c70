#include "libsep/data/piece.h"

#include <cmath>
#include <filesystem>

#include "libsep/data/dataset.h"
#include "tests/support/audio_files.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace sep;
namespace fs = std::filesystem;

namespace {

Piece only_piece(const fs::path& root) { return open_dataset(root).pieces.at(0); }

Signal signal_of(std::vector<float> samples) {
  Signal signal;
  signal.samples = std::move(samples);
  return signal;
}

}  // namespace

TEST_CASE("a piece is read as its files say", "[data][piece]") {
  const TemporaryFolder folder;
  write_bach10_piece(folder.path(), "a");
  write_tone(folder / "a" / "a.wav", 100, 44100, 9999);
  const PieceAudio audio = load_piece(only_piece(folder.path()));
  CHECK(audio.mixture.samples[0] == 9999.0F / 32768.0F);
  CHECK(audio.mixture.samples[1] == -9999.0F / 32768.0F);
  REQUIRE(audio.stems.size() == 4);
  CHECK(audio.stems.at("violin").samples[0] == 4000.0F / 32768.0F);
  CHECK(audio.stems.at("violin").num_samples() == 100);
}

TEST_CASE("a mixture that is not there is the sum of the stems", "[data][piece]") {
  const TemporaryFolder folder;
  write_bach10_piece(folder.path(), "a");
  const PieceAudio with = load_piece(only_piece(folder.path()));
  fs::remove(folder / "a" / "a.wav");
  const PieceAudio without = load_piece(only_piece(folder.path()));
  CHECK(without.mixture.samples == with.mixture.samples);
}

TEST_CASE("the sum is clipped to full scale and not rounded", "[data][piece]") {
  const float odd = 0.1F / 32768.0F;
  const Signal sum = clipped_sum({{"a", signal_of({0.75F, -0.75F, 0.5F, 0.0F})},
                                  {"b", signal_of({0.75F, -0.75F, 0.25F, odd})}});
  CHECK(sum.samples == std::vector<float>{1.0F, -1.0F, 0.75F, odd});
  CHECK_THROWS_AS(clipped_sum({}), Error);
}

TEST_CASE("the rest is all stems but one", "[data][piece]") {
  PieceAudio audio;
  audio.stems = {{"a", signal_of({1.0F, 0.0F})},
                 {"b", signal_of({0.25F, 0.5F})},
                 {"c", signal_of({2.0F, -1.0F})}};
  CHECK(audio.rest("b").samples == std::vector<float>{3.0F, -1.0F});
  CHECK(audio.rest("a").samples == std::vector<float>{2.25F, -0.5F});
  CHECK(message_of([&] { (void)audio.rest("d"); }) == "there is no stem d");
  audio.stems = {{"a", signal_of({1.0F})}};
  CHECK_THROWS_AS(audio.rest("a"), Error);
}

TEST_CASE("files that changed since are refused by name", "[data][piece]") {
  const TemporaryFolder folder;
  write_bach10_piece(folder.path(), "a");
  const Piece piece = only_piece(folder.path());
  const fs::path path = folder / "a" / "a-violin.wav";
  const auto message = [&] { return message_of([&] { load_piece(piece); }); };
  CHECK(message().empty());
  write_tone(path, 99);
  CHECK(message() ==
        path.string() + ": 99 samples, wants 100 as when the dataset was opened");
  write_tone(path, 100, 48000);
  CHECK(message() ==
        path.string() + ": 48000 Hz, wants 44100 Hz as when the dataset was opened");
  write_tone(path, 100, 44100, 1000, 2);
  CHECK(message() == path.string() + ": 2 channels, wants 1");
  fs::remove(path);
  CHECK(message().rfind(path.string(), 0) == 0);
}

// The figures of clipped_sum()'s header. The shipped mixtures were rounded from sums of
// unrounded stems: each stem's rounding errs by half a step, four of them by two.
TEST_CASE("Bach10's made mixtures are the shipped ones but for rounding", "[data][piece]") {
  const fs::path root = bach10_root();
  if (root.empty()) SEP_SKIP("Bach10 is not there");
  for (const Piece& piece : open_dataset(root).pieces) {
    CAPTURE(piece.name);
    const PieceAudio audio = load_piece(piece);
    const Signal error = subtract(clipped_sum(audio.stems), audio.mixture);
    CHECK(peak(error) <= 2.0F / 32768.0F);
    CHECK(20.0 * std::log10(rms(error) / rms(audio.mixture)) == Approx(-79.3).margin(0.3));
  }
}
