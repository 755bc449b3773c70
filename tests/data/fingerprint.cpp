#include "libsep/data/fingerprint.h"

#include <filesystem>

#include "libsep/audio/file.h"
#include "libsep/core/hash.h"
#include "libsep/data/dataset.h"
#include "libsep/data/stem_store.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"
#include "tests/support/pieces.h"

using namespace sep;
namespace fs = std::filesystem;

namespace {

std::string samples_of(const fs::path& root, int64_t num_threads = 2) {
  return samples_fingerprint(open_dataset(root), num_threads, Progress());
}

/// The same samples on any machine.
void write_noise(const fs::path& path, uint32_t seed, size_t num_samples) {
  fs::create_directories(path.parent_path());
  Signal signal = make_silence(1, static_cast<int64_t>(num_samples), 8000);
  for (float& value : signal.samples) {
    seed = seed * 1664525U + 1013904223U;
    value = (static_cast<float>(seed >> 19U) - 4096.0F) / 32768.0F;
  }
  write_audio(path, signal, SampleFormat::kInt16);
}

struct Hashes {
  std::string dataset, samples;
  std::string loaded;  // of stems and mixtures
};

void check_hashes(const fs::path& root, const Hashes& expected) {
  const auto dataset = open_dataset(root);
  CHECK(dataset_fingerprint(dataset) == expected.dataset);
  CHECK(samples_fingerprint(dataset, 2, Progress()) == expected.samples);
  Fnv1a loaded;
  for (const auto& piece : dataset.pieces) {
    const auto audio = load_piece(piece);
    for (const auto& [name, stem] : audio.stems) loaded.add_word(hash_samples(stem));
    loaded.add_word(hash_samples(audio.mixture));
  }
  CHECK(loaded.text() == expected.loaded);
}

struct Stopped : Progress {
  bool stop_requested() const override { return true; }
};

}  // namespace

// The numbers are those of libsep before pieces were made of parts.
TEST_CASE("runs of before find their datasets", "[data][fingerprint][golden]") {
  const TemporaryFolder folder;
  uint32_t seed = 1;
  for (const auto& [piece, length] : {std::pair("01-A", 200), std::pair("02-B", 150)}) {
    for (const char* stem : {"bassoon", "clarinet", "saxphone", "violin"}) {
      write_noise(folder / "pieces" / piece / (piece + ("-" + std::string(stem)) + ".wav"),
                  seed++,
                  length);
    }
  }
  write_noise(folder / "pieces" / "01-A" / "01-A.wav", seed++, 200);
  for (const char* piece : {"one", "two"}) {
    for (const char* stem : {"cello", "mix", "viola"}) {
      write_noise(folder / "stems" / stem / (piece + std::string(".wav")), seed++, 120);
    }
  }
  check_hashes(folder / "pieces",
               {"2 pieces, 03b4f1feaa42b3fd", "f532f46facaf193e", "016e1401c06eca34"});
  check_hashes(folder / "stems",
               {"2 pieces, e641b9d36f31247d", "7228f4aa86791da1", "e4f494d884569551"});
}

TEST_CASE("runs of before find Bach10", "[data][fingerprint][golden]") {
  const fs::path root = bach10_root();
  if (root.empty()) SEP_SKIP("Bach10 is not there");
  check_hashes(root,
               {"10 pieces, 47c25182964e63ce", "02969cf674515e85", "2eeee43aa92dbbfc"});
}

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
