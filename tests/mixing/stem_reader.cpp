#include "libsep/mixing/stem_reader.h"

#include <cmath>
#include <filesystem>

#include "libsep/core/error.h"
#include "libsep/core/random.h"
#include "libsep/core/threads.h"
#include "tests/support/catch.h"
#include "tests/support/datasets.h"
#include "tests/support/signals.h"

using namespace sep;
namespace fs = std::filesystem;

namespace {

constexpr int64_t kSamples = 20'000;

PartFile write_part(const TemporaryFolder& folder,
                    const std::string& name,
                    int64_t num_samples,
                    uint64_t seed,
                    int64_t rate = kNoiseRate) {
  const auto path = folder / name;
  write_audio(path, make_noise(2, num_samples, rate, seed), SampleFormat::kInt16);
  return {path, 1.0, 0, {rate, num_samples}};
}

/// One stereo piece: violins of a WAV and of two files that are added with gain and start,
/// and stick out at both ends; a viola in FLAC; an oboe that is too short; a cello of
/// another rate.
Dataset write_parts(const TemporaryFolder& folder) {
  Piece piece;
  piece.name = "a";
  piece.num_samples = kSamples;
  piece.sample_rate = kNoiseRate;
  piece.num_channels = 2;
  add_part(piece, {"", "violin", {write_part(folder, "1.wav", kSamples, 1)}});
  auto early = write_part(folder, "2.wav", 9000, 2),
       late = write_part(folder, "3.flac", 15'000, 3);
  early.start = -700;
  late.start = 8000;
  late.gain = 0.7;
  add_part(piece, {"", "violin", {early, late}});
  add_part(piece, {"", "viola", {write_part(folder, "4.flac", kSamples, 4)}});
  add_part(piece, {"", "oboe", {write_part(folder, "5.wav", 7000, 5)}});
  add_part(piece,
           {"", "cello", {write_part(folder, "6.wav", 2 * kSamples, 6, 2 * kNoiseRate)}});
  Dataset dataset;
  dataset.root = folder.path();
  dataset.sample_rate = kNoiseRate;
  dataset.instruments = instruments_of(piece);
  dataset.pieces = {piece};
  return dataset;
}

std::vector<fs::path> cached_files(const TemporaryFolder& folder) {
  if (!fs::exists(folder / "cache/decoded")) return {};
  const fs::directory_iterator files(folder / "cache/decoded");
  return {begin(files), end(files)};
}

}  // namespace

TEST_CASE("ranges are the same from memory, files and cache",
          "[mixing][stem_reader][property]") {
  const TemporaryFolder folder;
  const auto dataset = write_parts(folder);
  const auto room = GENERATE(int64_t{0}, 2 * kSamples * 4 + 1, 1 << 30);
  const auto cache = GENERATE(int64_t{0}, 10 * kSamples, 1 << 30);
  StemStore store(dataset, room);
  const StoredStems stems(store, {folder / "cache", cache});
  for (const auto& stem : dataset.instruments) {
    const auto whole = load_stem(dataset.pieces[0], stem);
    parallel_for(20, 3, [&](int64_t i) {
      RandomStream random(uint64_t(i), stem);
      const int64_t first = random.index(kSamples + 2000) - 1000;
      const int64_t count = random.index(9000);
      REQUIRE(stems.read(0, stem, first, count).samples ==
              padded_slice(whole, first, count).samples);
    });
    CAPTURE(room, cache, stem);
    CHECK(stems.read(0, stem, -3, 7).num_channels == 2);
  }
  // In memory: all, the one that was asked for first, or none.
  CHECK(store.num_decoded() == (room == 0 ? 0 : room == 1 << 30 ? 4 : 1));
  // The cello, and only where there is room for it there and none in memory.
  CHECK(cached_files(folder).size() == (room == 0 && cache > 0 ? 1 : 0));
}

TEST_CASE("a decoded stem serves the next run, by the bytes of its files",
          "[mixing][stem_reader]") {
  const TemporaryFolder folder;
  const auto dataset = write_parts(folder);
  const auto read = [&] {
    StemStore store(dataset, 0);
    return StoredStems(store, {folder / "cache", 1 << 30})
        .read(0, "cello", 100, 50)
        .samples;
  };
  const auto before = read();
  REQUIRE(cached_files(folder).size() == 1);
  const auto cached = cached_files(folder).front();
  write_audio(cached, make_silence(2, kSamples, kNoiseRate), SampleFormat::kFloat32);
  CHECK(read() == std::vector<float>(100, 0.0F));  // taken from there
  write_part(folder, "6.wav", 2 * kSamples, 16, 2 * kNoiseRate);
  const auto after = read();
  CHECK(cached_files(folder).size() == 2);
  CHECK(after != before);
  CHECK(after == padded_slice(load_stem(dataset.pieces[0], "cello"), 100, 50).samples);
}

TEST_CASE("the cache may go while it is in use, and be no folder",
          "[mixing][stem_reader][failure]") {
  const TemporaryFolder folder;
  const auto dataset = write_parts(folder);
  const auto wanted = padded_slice(load_stem(dataset.pieces[0], "cello"), 5, 50).samples;
  StemStore store(dataset, 0);
  const StoredStems stems(store, {folder / "cache", 1 << 30});
  CHECK(stems.read(0, "cello", 5, 50).samples == wanted);
  fs::remove_all(folder / "cache");
  CHECK(stems.read(0, "cello", 5, 50).samples == wanted);
  for (const auto& no_folder : {fs::path(), folder / "1.wav"}) {
    CHECK(StoredStems(store, {no_folder, 1 << 30}).read(0, "cello", 5, 50).samples ==
          wanted);
  }
}

TEST_CASE("files that are not as the piece says are refused",
          "[mixing][stem_reader][failure]") {
  const TemporaryFolder folder;
  const auto dataset = write_parts(folder);
  StemStore store(dataset, 0);
  write_part(folder, "4.flac", kSamples - 1, 4);
  CHECK_THROWS_WITH(
      StoredStems(store).read(0, "viola", 0, 10),
      (folder / "4.flac").string() +
          ": 2 channels of 19999 samples at 8000 Hz, wants 2 of 20000 at 8000 "
          "as when the dataset was opened");
  fs::remove(folder / "1.wav");
  CHECK_THROWS_AS(StoredStems(store).read(0, "violin", 0, 10), Error);
}

TEST_CASE("stems of a store are read by ranges", "[mixing][stem_reader]") {
  const TemporaryFolder folder;
  auto dataset = write_noise_dataset(folder, 2);
  dataset.pieces[1].parts.erase(dataset.pieces[1].parts.begin());  // bassoon
  StemStore store(dataset, 0);
  const StoredStems stems(store);
  CHECK(stems.sample_rate() == 8000);
  CHECK(stems.num_channels() == 1);
  CHECK(stems.num_pieces() == 2);
  CHECK(stems.num_samples(1) == 9600);
  CHECK(stems.has(0, "bassoon"));
  CHECK_FALSE(stems.has(1, "bassoon"));
  const auto whole = load_stem(dataset.pieces[1], "violin");
  CHECK(stems.read(1, "violin", 9000, 1000).samples ==
        padded_slice(whole, 9000, 1000).samples);
  CHECK_THROWS_WITH(stems.read(1, "bassoon", 0, 1), "piece piece-1: no stem bassoon");
  dataset.pieces[1].num_channels = 2;
  CHECK_THROWS_WITH(StoredStems(store),
                    folder.path().string() +
                        ": examples want pieces of one number of channels, piece-0 has 1, "
                        "piece-1 2");
}
