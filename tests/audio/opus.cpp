#include "libsep/audio/opus.h"

#include <cmath>
#include <fstream>

#include "libsep/audio/file.h"
#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"
#include "tests/support/signals.h"

using namespace sep;

namespace {

Signal sine(int64_t num_channels, int64_t num_samples, int64_t rate) {
  return make_sine(440.0, num_samples, rate, 0.3, num_channels);
}

}  // namespace

TEST_CASE("Opus keeps length and level", "[audio][opus]") {
  if (!has_opus()) SEP_SKIP("libsndfile was built without Opus");
  const TemporaryFolder folder;
  const auto num_channels = GENERATE(int64_t{1}, 2, 5);
  const auto rate = GENERATE(int64_t{22050}, 44100, 48000);
  const auto signal = sine(num_channels, 2 * rate, rate);
  OpusEncoder encoder(num_channels, rate);
  for (int64_t n = 0; n < signal.num_samples(); n += 10000) {
    encoder.add(slice(signal, n, std::min(n + 10000, signal.num_samples())));
  }
  const auto bytes = encoder.finish();
  CHECK(bytes.size() < 2 * 150000 / 8);
  std::ofstream(folder / "a.opus", std::ios::binary) << bytes;
  const auto decoded = read_audio(folder / "a.opus");
  CHECK(decoded.sample_rate == 48000);
  CHECK(decoded.num_channels == (num_channels == 2 ? 2 : 1));
  REQUIRE(decoded.num_samples() == 2 * 48000);
  // A lossy coder: within half a decibel, and in place (a shift of 0.5 ms would leave
  // as much as the signal has).
  CHECK(rms(decoded) == Approx(rms(signal)).epsilon(0.06));
  const auto wanted = sine(decoded.num_channels, 2 * 48000, 48000);
  CHECK(rms(subtract(decoded, wanted)) < 0.1 * rms(wanted));
}

TEST_CASE("the same sound is the same Opus", "[audio][opus]") {
  if (!has_opus()) SEP_SKIP("libsndfile was built without Opus");
  const auto encode = [] {
    OpusEncoder encoder(2, 44100);
    encoder.add(sine(2, 100000, 44100));
    return encoder.finish();
  };
  const auto bytes = encode();
  CHECK((encode() == bytes));  // within a second the clock gives another serial number
}

TEST_CASE("an Opus encoder refuses misuse", "[audio][opus][failure]") {
  if (!has_opus()) SEP_SKIP("libsndfile was built without Opus");
  CHECK_THROWS_AS(OpusEncoder(0, 44100), Error);
  OpusEncoder encoder(1, 44100);
  CHECK_THROWS_AS(encoder.add(sine(2, 100, 44100)), Error);
  CHECK_THROWS_AS(encoder.add(sine(1, 100, 48000)), Error);
  CHECK_THROWS_AS(encoder.finish(), Error);
}
