#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <vector>

#include "libsep/audio/file.h"
#include "libsep/audio/resample.h"
#include "libsep/core/error.h"
#include "libsep/data/dataset.h"
#include "libsep/data/fingerprint.h"
#include "libsep/data/stem_store.h"
#include "libsep/data/stem_survey.h"
#include "libsep/data/verify.h"
#include "tests/support/audio_files.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"
#include "tests/support/signals.h"

using namespace sep;
namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

namespace {

constexpr int64_t kRate = 8000;

/// Noise in steps of 2^-15, as a file of 16 bits holds it; written and given back.
Signal write_noise(const fs::path& path,
                   uint64_t seed,
                   int64_t num_samples,
                   int64_t num_channels = 1,
                   int64_t sample_rate = kRate) {
  fs::create_directories(path.parent_path());
  Signal signal = make_noise(num_channels, num_samples, sample_rate, seed);
  for (float& x : signal.samples) x = std::round(x * 8192.0F) / 32768.0F;
  write_audio(path, signal, SampleFormat::kInt16);
  return signal;
}

Piece empty_piece(int64_t num_samples) {
  Piece piece;
  piece.name = "a";
  piece.num_samples = num_samples;
  piece.sample_rate = kRate;
  return piece;
}

DataOptions options_of(MissingStems missing_stems) {
  DataOptions options;
  options.missing_stems = missing_stems;
  return options;
}

Lines faults_with(const fs::path& root, const DataOptions& options) {
  try {
    open_dataset(root, options);
  } catch (const ErrorList& error) {
    return error.faults();
  }
  return {};
}

}  // namespace

TEST_CASE("parts lie by their ids, and labels may repeat", "[data][parts]") {
  Piece piece = empty_piece(10);
  add_part(piece, {"", "violin", {{"one.wav"}}});
  add_part(piece, {"", "violin", {{"two.wav"}}});
  add_part(piece, "cello", "cello.wav");
  add_part(piece, {"", "violin", {{"three.wav"}}});
  Lines ids;
  for (const auto& one : piece.parts) ids.push_back(one.id);
  CHECK(ids == Lines{"cello", "violin", "violin-2", "violin-3"});
  CHECK(instruments_of(piece) == Lines{"cello", "violin"});
  CHECK(part(piece, "violin-2").files.front().path == "two.wav");
  CHECK(has_part(piece, "violin-3"));
  CHECK_FALSE(has_part(piece, "violin-4"));
  CHECK(has_instrument(piece, "violin"));
  CHECK_FALSE(has_instrument(piece, "violin-2"));
  CHECK_THROWS_WITH(add_part(piece, "cello", "other.wav"),
                    "piece a: two parts are called cello");
  CHECK_THROWS_WITH(part(piece, "oboe"), "piece a: no part oboe");
  CHECK_THROWS_WITH(load_part(piece, "oboe"), "piece a: no part oboe");
  CHECK_THROWS_WITH(load_stem(piece, "oboe"), "piece a: no stem oboe");
  add_part(piece, {"empty", "violin", {}});
  CHECK_THROWS_WITH(load_part(piece, "empty"), "piece a: part empty has no file");
}

TEST_CASE("two violins are one stem, and two parts", "[data][parts]") {
  const TemporaryFolder folder;
  Dataset dataset;
  dataset.pieces = {empty_piece(50)};
  Piece& piece = dataset.pieces.front();
  std::map<std::string, Signal> written;
  for (const char* id : {"cello", "violin", "violin-2"}) {
    const auto path = folder.path() / (std::string(id) + ".wav");
    written[id] = write_noise(path, written.size(), 50);
    add_part(piece, {id, std::string(id).substr(0, 6), {{path}}});
  }
  piece.parts.front().instrument = "cello";
  const auto violins = mix({&written["violin"], &written["violin-2"]});
  CHECK(load_stem(piece, "violin").samples == violins.samples);
  CHECK(load_part(piece, "violin").samples == written["violin"].samples);
  CHECK(load_part(piece, "violin-2").samples == written["violin-2"].samples);
  const auto audio = load_piece(piece);
  REQUIRE(audio.stems.size() == 2);
  CHECK(audio.stems.at("violin").samples == violins.samples);
  CHECK(audio.rest("violin").samples == written["cello"].samples);
  CHECK(audio.mixture.samples == mix({&written["cello"], &violins}).samples);

  StemStore store(dataset);
  CHECK(store.get(0, "violin")->samples == violins.samples);
  CHECK(store.hash(0, "violin") == hash_samples(violins));
  CHECK(store.get_part(0, "violin-2")->samples == written["violin-2"].samples);
  CHECK(store.get(0, "cello") == store.get_part(0, "cello"));  // kept once
  CHECK(store.num_decoded() == 3);
  CHECK_THROWS_WITH(store.get_part(0, "oboe"), "piece a: no part oboe");
  CHECK_THROWS_WITH(store.get(0, "violin-2"), "piece a: no stem violin-2");
}

// Samples are multiples of 2^-15 below 1 and gains powers of two: every sum is exact.
TEST_CASE("files of a part add up, each with its gain and start",
          "[data][parts][property]") {
  const TemporaryFolder folder;
  const auto num_channels = GENERATE(int64_t{1}, 2);
  const auto start = GENERATE(int64_t{-30}, -1, 0, 1, 7, 99);
  const auto gain = GENERATE(-1.0, 0.0, 0.5, 1.0, 2.0);
  Piece piece = empty_piece(100);
  piece.num_channels = num_channels;
  const auto base = write_noise(folder / "base.wav", 1, 100, num_channels);
  const auto more = write_noise(folder / "more.wav", 2, 40, num_channels);
  add_part(
      piece,
      {"v", "v", {{folder / "base.wav"}, {folder / "more.wav", gain, start, {kRate, 40}}}});
  const auto sum = load_part(piece, "v");
  REQUIRE(sum.num_samples() == 100);
  REQUIRE(sum.num_channels == num_channels);
  for (int64_t c = 0; c < num_channels; ++c) {
    for (int64_t n = 0; n < 100; ++n) {
      const auto at = n - start;
      const double added =
          0 <= at && at < 40 ? gain * static_cast<double>(more.channel(c)[at]) : 0.0;
      REQUIRE(static_cast<double>(sum.channel(c)[n]) ==
              static_cast<double>(base.channel(c)[n]) + added);
    }
  }
}

TEST_CASE("a whole file is taken to the bit, minus zero included", "[data][parts]") {
  const TemporaryFolder folder;
  Piece piece = empty_piece(3);
  const Signal signal{1, kRate, {-0.0F, 0.1F, -0.0F}};
  write_audio(folder / "v.wav", signal, SampleFormat::kFloat32);
  add_part(piece, "v", folder / "v.wav");
  const auto loaded = load_part(piece, "v");
  CHECK(std::signbit(loaded.samples[0]));
  CHECK(hash_samples(loaded) == hash_samples(signal));
}

TEST_CASE("pieces may differ in instruments where that is allowed", "[data][parts]") {
  const TemporaryFolder folder;
  for (const char* stem : {"violin", "viola", "cello"}) {
    write_tone(folder / "a" / ("a-" + std::string(stem) + ".wav"));
  }
  for (const char* stem : {"violin", "piano"}) {
    write_tone(folder / "b" / ("b-" + std::string(stem) + ".wav"));
  }
  const auto root = folder.path().string();
  CHECK(faults_with(root, {}) ==
        Lines{root + "/a/a-piano.wav: missing; 1 of 2 pieces have piano",
              root + "/b/b-cello.wav: missing; 1 of 2 pieces have cello",
              root + "/b/b-viola.wav: missing; 1 of 2 pieces have viola",
              root + ": 2 of 2 pieces lack an instrument that others have; where they are "
                     "meant to, set data.missing_stems: allow"});
  const auto dataset = open_dataset(root, options_of(MissingStems::kAllow));
  CHECK(dataset.instruments == Lines{"cello", "piano", "viola", "violin"});
  CHECK(instruments_of(dataset.pieces[1]) == Lines{"piano", "violin"});
  CHECK(dataset.notes.back() ==
        "pieces differ in instruments: 2 lack some: a (piano), b (cello, viola)");
  Progress silent;
  const auto report = verify_dataset(root, options_of(MissingStems::kAllow), silent);
  CHECK(report.ok());
  CHECK(report.files.size() == 5);
  CHECK(report.pieces[1].sum_peak > 0.0);  // it was added up
  CHECK(verify_dataset(root, {}, silent).faults.size() == 4);
}

TEST_CASE("a piece without any stem is a fault all the same", "[data][parts][failure]") {
  const TemporaryFolder folder;
  for (const char* stem : {"mix", "viola", "cello"}) write_tone(folder / stem / "one.wav");
  write_tone(folder / "mix" / "two.wav");
  CHECK(faults_with(folder.path(), options_of(MissingStems::kAllow)) ==
        Lines{(folder / "mix" / "two.wav").string() +
              ": wants at least one stem of two, found none"});
}

TEST_CASE("pieces of several channels are read", "[data][parts]") {
  const TemporaryFolder folder;
  std::map<std::string, Signal> written;
  for (const char* stem : {"viola", "cello"}) {
    written[stem] = write_noise(folder / stem / "one.wav", written.size(), 60, 2);
    write_noise(folder / stem / "two.wav", 9, 60, 1);
  }
  const auto root = folder.path();
  const auto dataset = open_dataset(root, "stem_folder");
  CHECK(dataset.pieces[0].num_channels == 2);
  CHECK(dataset.pieces[1].num_channels == 1);
  const auto audio = load_piece(dataset.pieces[0]);
  CHECK(audio.stems.at("viola").num_channels == 2);
  CHECK(audio.stems.at("viola").samples == written["viola"].samples);
  CHECK(audio.mixture.samples == mix({&written["cello"], &written["viola"]}).samples);
  write_noise(root / "violin" / "one.wav", 5, 60, 1);
  write_noise(root / "violin" / "two.wav", 5, 60, 2);
  CHECK(faults_of(root, "stem_folder") ==
        Lines{"violin/one.wav: 1 channel, wants 2",
              "violin/two.wav: 2 channels, wants 1 (mono)"});
}

TEST_CASE("files of any rate are resampled to the one wanted", "[data][parts]") {
  const TemporaryFolder folder;
  const auto root = folder.path();
  const auto viola = write_noise(root / "viola" / "one.wav", 1, 4001, 1, 16000);
  const auto cello = write_noise(root / "cello" / "one.wav", 2, 4001, 1, 16000);
  const auto mixture = write_noise(root / "mix" / "one.wav", 3, 4001, 1, 16000);
  const auto other = write_noise(root / "viola" / "two.wav", 4, 1000, 2, 8000);
  write_noise(root / "cello" / "two.wav", 5, 1379, 2, 11025);  // 1000.6 at 8 kHz
  CHECK(faults_of(root).size() == 2);
  DataOptions options;
  options.sample_rate = 8000;
  const auto dataset = open_dataset(root, options);
  CHECK(dataset.sample_rate == 8000);
  CHECK(dataset.notes.front() == "4 files are resampled to 8000 Hz");
  const Piece& one = dataset.pieces[0];
  CHECK(one.sample_rate == 8000);
  CHECK(one.num_samples == 2001);
  const auto audio = load_piece(one);
  CHECK(audio.stems.at("viola").samples == resample(viola, 8000).samples);
  CHECK(audio.stems.at("cello").samples == resample(cello, 8000).samples);
  CHECK(audio.mixture.samples == resample(mixture, 8000).samples);
  CHECK(audio.mixture.sample_rate == 8000);
  const auto two = load_piece(dataset.pieces[1]);
  CHECK(two.stems.at("cello").num_samples() == 1001);
  CHECK(two.stems.at("viola").num_samples() == 1001);
  CHECK(slice(two.stems.at("viola"), 0, 1000).samples == other.samples);
  CHECK(two.stems.at("viola").channel(1)[1000] == 0.0F);
  CHECK(dataset_fingerprint(dataset) != dataset_fingerprint([&] {
          options.sample_rate = 16000;
          return open_dataset(root, options);
        }()));

  write_noise(root / "viola" / "one.wav", 1, 4000, 1, 16000);
  CHECK_THROWS_WITH(load_piece(one),
                    (root / "viola" / "one.wav").string() +
                        ": 4000 samples, wants 4001 as when the dataset was opened");
}

TEST_CASE("a rate out of its bounds is refused", "[data][parts][failure]") {
  DataOptions options;
  options.sample_rate = GENERATE(int64_t{-1}, 10'000'001);
  CHECK_THROWS_AS(options.validate(), ConfigError);
  CHECK_THROWS_AS(open_dataset(".", options), ConfigError);
}

TEST_CASE("remarks name the files of a part", "[data][parts]") {
  const TemporaryFolder folder;
  Dataset dataset;
  dataset.pieces = {empty_piece(100)};
  write_tone(folder / "one.wav", 100, kRate, 0);
  write_tone(folder / "two.wav", 100, kRate, 0);
  add_part(dataset.pieces[0], {"v", "v", {{folder / "one.wav"}, {folder / "two.wav"}}});
  StemStore stems(dataset);
  CHECK(survey_stems(stems, 1, Progress()).remarks ==
        Lines{(folder / "one.wav").string() + " and 1 more: silent"});
}

TEST_CASE("a fingerprint tells how pieces are made", "[data][parts][fingerprint]") {
  Dataset plain;
  plain.instruments = {"cello", "violin"};
  plain.pieces = {empty_piece(100)};
  add_part(plain.pieces[0], "cello", "c.wav");
  add_part(plain.pieces[0], "violin", "v.wav");
  std::vector<Dataset> all(6, plain);
  all[1].pieces[0].num_channels = 2;
  all[2].pieces[0].parts[0].files[0].gain = 0.5;
  all[3].pieces[0].parts[0].files[0].start = 1;
  all[4].pieces[0].parts.pop_back();
  add_part(all[5].pieces[0], {"", "violin", {{"w.wav"}}});
  std::set<std::string> seen;
  for (const auto& dataset : all) seen.insert(dataset_fingerprint(dataset));
  CHECK(seen.size() == all.size());
  plain.pieces[0].parts[0].files[0].path = "elsewhere.flac";
  CHECK(seen.count(dataset_fingerprint(plain)) == 1);  // where files lie is no matter
}
