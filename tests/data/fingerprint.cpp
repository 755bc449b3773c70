#include "libsep/data/fingerprint.h"

#include <filesystem>

#include "libsep/audio/file.h"
#include "libsep/data/dataset.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"
#include "tests/support/pieces.h"

using namespace sep;
namespace fs = std::filesystem;

namespace {

std::string samples_of(const fs::path& root, int64_t num_threads = 2) {
  return samples_fingerprint(open_dataset(root), num_threads, Progress());
}

struct Stopped : Progress {
  bool stop_requested() const override { return true; }
};

}  // namespace

TEST_CASE("hashing samples stops when asked to", "[data][fingerprint]") {
  const TemporaryFolder folder;
  write_pieces(folder.path(), 1, 0.5);
  const auto dataset = open_dataset(folder.path());
  CHECK_THROWS_AS(samples_fingerprint(dataset, 2, Stopped()), Interrupted);
}

TEST_CASE("samples are the same in WAV and FLAC, and on any thread",
          "[data][fingerprint]") {
  const TemporaryFolder folder;
  write_pieces(folder.path(), 2, 0.5);
  const auto samples = samples_of(folder.path());
  CHECK(samples_of(folder.path(), 1) == samples);
  CHECK(samples_of(folder.path(), 5) == samples);
  const fs::path wav = folder / "01-Synthetic" / "01-Synthetic-violin.wav";
  fs::path flac = wav;
  write_audio(flac.replace_extension(".flac"), read_audio(wav), SampleFormat::kInt16);
  fs::remove(wav);
  CHECK(samples_of(folder.path()) == samples);
}

TEST_CASE("one sample, or two stems exchanged, change the samples", "[data][fingerprint]") {
  const TemporaryFolder folder;
  write_pieces(folder.path(), 2, 0.5);
  const auto dataset = dataset_fingerprint(open_dataset(folder.path()));
  const auto samples = samples_of(folder.path());
  const fs::path violin = folder / "02-Synthetic" / "02-Synthetic-violin.wav";
  const fs::path bassoon = folder / "02-Synthetic" / "02-Synthetic-bassoon.wav";
  const auto original = read_audio(violin);

  fs::rename(violin, folder / "other");
  fs::rename(bassoon, violin);
  fs::rename(folder / "other", bassoon);
  CHECK(samples_of(folder.path()) != samples);

  fs::rename(violin, folder / "other");
  fs::rename(bassoon, violin);
  fs::rename(folder / "other", bassoon);
  REQUIRE(samples_of(folder.path()) == samples);
  auto changed = original;
  changed.samples.back() += 2.0F / 32768.0F;  // two steps of 16 bits
  write_audio(violin, changed, SampleFormat::kInt16);
  CHECK(samples_of(folder.path()) != samples);
  CHECK(dataset_fingerprint(open_dataset(folder.path())) == dataset);
}
