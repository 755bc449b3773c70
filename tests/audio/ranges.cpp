#include "libsep/audio/ranges.h"

#include <sndfile.h>

#include <fstream>

#include "libsep/core/error.h"
#include "libsep/core/random.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"
#include "tests/support/signals.h"

using namespace sep;

namespace {

/// By libsndfile itself, as any program would write it.
std::filesystem::path write(const TemporaryFolder& folder,
                            const std::string& name,
                            int format,
                            const Signal& signal) {
  SF_INFO info{};
  info.format = format;
  info.channels = int(signal.num_channels);
  info.samplerate = int(signal.sample_rate);
  const auto path = folder / name;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  REQUIRE(file != nullptr);
  std::vector<float> interleaved;
  for (int64_t n = 0; n < signal.num_samples(); ++n) {
    for (int64_t c = 0; c < signal.num_channels; ++c) {
      interleaved.push_back(signal.channel(c)[n]);
    }
  }
  REQUIRE(sf_writef_float(file, interleaved.data(), signal.num_samples()) ==
          signal.num_samples());
  sf_close(file);
  return path;
}

}  // namespace

TEST_CASE("a range is what it is in the whole file", "[audio][ranges][property]") {
  const TemporaryFolder folder;
  const auto format = GENERATE(SF_FORMAT_WAV | SF_FORMAT_PCM_16,
                               SF_FORMAT_WAV | SF_FORMAT_PCM_24,
                               SF_FORMAT_WAV | SF_FORMAT_FLOAT,
                               SF_FORMAT_WAV | SF_FORMAT_PCM_U8,
                               SF_FORMAT_AIFF | SF_FORMAT_PCM_16,
                               SF_FORMAT_AU | SF_FORMAT_DOUBLE,
                               SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
                               SF_FORMAT_FLAC | SF_FORMAT_PCM_24);
  for (const int64_t num_channels : {1, 2}) {
    for (const int64_t num_samples : {1, 999, 5000, 200'000}) {
      const auto path =
          write(folder, "a.audio", format, make_noise(num_channels, num_samples, 44100));
      const auto whole = read_audio(path);
      const AudioRanges ranges(path);
      CAPTURE(format, num_channels, num_samples);
      CHECK(ranges.info().num_samples == num_samples);
      CHECK(ranges.check());
      RandomStream random(3);
      for (int i = 0; i < 20; ++i) {
        const int64_t first = random.index(num_samples + 200) - 100;
        const int64_t count = random.index(6000);
        CAPTURE(first, count);
        const auto range = ranges.read(first, count);
        CHECK(range.num_channels == num_channels);
        CHECK(range.samples == padded_slice(whole, first, count).samples);
      }
    }
  }
}

TEST_CASE("formats whose samples lean on those before are not jumped into",
          "[audio][ranges]") {
  const TemporaryFolder folder;
  const auto format = GENERATE(SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM,
                               SF_FORMAT_WAV | SF_FORMAT_GSM610,
                               SF_FORMAT_OGG | SF_FORMAT_VORBIS);
  const auto path = write(folder, "a.audio", format, make_noise(1, 20'000, 44100));
  CHECK_FALSE(AudioReader(path).can_seek());
  const AudioRanges ranges(path);
  CHECK_FALSE(ranges.check());
  CHECK(ranges.read(0, 10).samples == padded_slice(read_audio(path), 0, 10).samples);
  CHECK_THROWS_WITH(ranges.read(100, 10),
                    path.string() + ": sample 100 is only found by reading up to it");
}

TEST_CASE("a reader goes on from where it was sent", "[audio][ranges]") {
  const TemporaryFolder folder;
  const auto path = write(
      folder, "a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, make_noise(1, 30'000, 44100));
  const auto whole = read_audio(path);
  AudioReader reader(path);
  CHECK(reader.can_seek());
  for (const int64_t begin : {20'000, 5, 29'999, 30'000, 0}) {
    reader.seek(begin);
    CHECK(reader.read(100).samples ==
          slice(whole, begin, std::min<int64_t>(begin + 100, 30'000)).samples);
  }
  reader.seek(29'000);
  CHECK(reader.read(5000).num_samples() == 1000);
  reader.seek(0);
  CHECK(reader.read(30'000).samples == whole.samples);
  reader.seek(0);
  CHECK(reader.read(30'000).samples == whole.samples);
  CHECK_THROWS_WITH(reader.seek(30'001), path.string() + ": no sample 30001 of 30000");
  CHECK_THROWS_WITH(reader.seek(-1), path.string() + ": no sample -1 of 30000");
}

TEST_CASE("files that are not as they were are refused", "[audio][ranges][failure]") {
  const TemporaryFolder folder;
  const int wav = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  const auto path = write(folder, "a.wav", wav, make_noise(1, 3000, 44100));
  const AudioRanges ranges(path);
  CHECK_THROWS_AS(ranges.read(0, -1), Error);
  write(folder, "a.wav", wav, make_noise(1, 2999, 44100));
  CHECK_THROWS_WITH(ranges.read(0, 10),
                    path.string() + ": another file than when it was first read");
  std::filesystem::resize_file(path, 200);
  CHECK_THROWS_AS(ranges.read(0, 10), Error);
  std::filesystem::remove(path);
  CHECK_THROWS_AS(ranges.read(0, 10), Error);
}
