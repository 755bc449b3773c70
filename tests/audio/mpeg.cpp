#include <sndfile.h>
#include <unistd.h>

#include <cstdio>
#include <random>

#include "libsep/audio/detail/mpeg_decoder.h"
#include "libsep/audio/file.h"
#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

namespace {

namespace fs = std::filesystem;

constexpr int64_t kFrameSamples = 1152;
// What LAME puts before the sound, 576, and its own decoder's delay: an info frame says so
// and a decoder drops it; without one it stays.
constexpr size_t kDelay = 576 + 529;

// A second of noise, then two of silence: at a variable bit rate the first frames are much
// longer than the mean, and a guess by the first ones is far too short.
std::vector<float> loud_then_quiet() {
  std::vector<float> samples(3 * 44100);
  std::mt19937 random(1);
  std::uniform_real_distribution<float> noise(-0.5F, 0.5F);
  for (size_t i = 0; i < 44100; ++i) samples[i] = noise(random);
  return samples;
}

// With an info frame, as encoders write it. False where this libsndfile writes no MP3.
bool write_mp3(const fs::path& path, int mode, int rate = 44100) {
  SF_INFO info{};
  info.format = SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III;
  info.channels = 1;
  info.samplerate = rate;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  if (file == nullptr) return false;
  sf_command(file, SFC_SET_BITRATE_MODE, &mode, sizeof(mode));
  REQUIRE(sf_command(file, SFC_GET_BITRATE_MODE, nullptr, 0) == mode);
  const auto samples = loud_then_quiet();
  const auto count = static_cast<sf_count_t>(samples.size());
  REQUIRE(sf_write_float(file, samples.data(), count) == count);
  return sf_close(file) == 0;
}

// Bytes of the frame that `bytes` begin with: MPEG 1, layer 3, by its header (ISO 11172-3).
size_t frame_length(const std::string& bytes) {
  constexpr int kKilobits[] = {
      0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
  const auto header = static_cast<unsigned char>(bytes.at(2));
  return static_cast<size_t>(144000 * kKilobits[header >> 4] / 44100 + (header >> 1 & 1));
}

// A file of constant bit rate without its info frame; empty where no MP3 can be written.
std::string bare_mp3(const TemporaryFolder& folder) {
  if (!write_mp3(folder / "whole.mp3", SF_BITRATE_MODE_CONSTANT)) return {};
  const auto bytes = sep::read_file(folder / "whole.mp3");
  return bytes.substr(frame_length(bytes));
}

// Reads `path` with libsndfile alone.
std::vector<float> read_with_libsndfile(const fs::path& path) {
  SF_INFO info{};
  SNDFILE* file = sf_open(path.c_str(), SFM_READ, &info);
  REQUIRE(file != nullptr);
  std::vector<float> samples(static_cast<size_t>(info.frames));
  samples.resize(static_cast<size_t>(
      sf_read_float(file, samples.data(), static_cast<sf_count_t>(samples.size()))));
  sf_close(file);
  return samples;
}

std::string error_of(const fs::path& path) {
  try {
    sep::read_audio(path);
  } catch (const sep::Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("an MP3 is what libsndfile reads of it", "[audio][mpeg]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.mp3";
  const int mode = GENERATE(int{SF_BITRATE_MODE_CONSTANT}, int{SF_BITRATE_MODE_VARIABLE});
  if (!write_mp3(path, mode)) SEP_SKIP("libsndfile writes no MP3 here");
  const auto info = sep::read_audio_info(path);
  CHECK(info.num_samples == 3 * 44100);
  CHECK(info.num_channels == 1);
  CHECK(info.sample_rate == 44100);
  CHECK(info.format == "MPEG Layer III");
  CHECK(sep::read_audio(path).samples == read_with_libsndfile(path));
}

TEST_CASE("an MP3 that does not say its length is read to its end", "[audio][mpeg]") {
  const TemporaryFolder folder;
  const int mode = GENERATE(int{SF_BITRATE_MODE_CONSTANT}, int{SF_BITRATE_MODE_VARIABLE});
  if (!write_mp3(folder / "a.mp3", mode)) SEP_SKIP("libsndfile writes no MP3 here");
  const auto whole = sep::read_audio(folder / "a.mp3").samples;
  const auto bytes = sep::read_file(folder / "a.mp3");
  const auto path = folder / "bare.mp3";
  sep::write_file_atomically(path, bytes.substr(frame_length(bytes)));
  if (mode == SF_BITRATE_MODE_VARIABLE) {  // the reason for all this
    CHECK(read_with_libsndfile(path).size() < whole.size() * 9 / 10);
  }
  const auto info = sep::read_audio_info(path);
  CHECK(info.num_samples % kFrameSamples == 0);
  const auto bare = sep::read_audio(path).samples;
  REQUIRE(bare.size() == static_cast<size_t>(info.num_samples));
  REQUIRE(bare.size() >= kDelay + whole.size());
  CHECK(std::equal(whole.begin(), whole.end(), bare.begin() + kDelay));

  sep::AudioReader reader(path);
  std::vector<float> pieces;
  for (auto piece = reader.read(1000); piece.num_samples() > 0; piece = reader.read(1000)) {
    pieces.insert(pieces.end(), piece.samples.begin(), piece.samples.end());
  }
  CHECK(pieces == bare);
}

TEST_CASE("an MP3 cut short says so where it says its length", "[audio][mpeg]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.mp3";
  if (!write_mp3(path, SF_BITRATE_MODE_VARIABLE)) {
    SEP_SKIP("libsndfile writes no MP3 here");
  }
  const auto bytes = sep::read_file(path);
  for (const double part : {0.1, 0.5, 0.9, 0.99}) {
    CAPTURE(part);
    sep::write_file_atomically(
        path,
        bytes.substr(0, static_cast<size_t>(part * static_cast<double>(bytes.size()))));
    const auto error = error_of(path);
    CHECK(error.find(path.string() + ": cut short") == 0);
    CHECK(error.find('\n') == std::string::npos);
  }
}

TEST_CASE("what lies between an MP3's frames is no end", "[audio][mpeg]") {
  const TemporaryFolder folder;
  const auto bytes = bare_mp3(folder);
  if (bytes.empty()) SEP_SKIP("libsndfile writes no MP3 here");
  const auto path = folder / "a.mp3";
  sep::write_file_atomically(path, bytes);
  const auto num_samples = sep::read_audio(path).num_samples();
  std::string id3("ID3\x03\0\0\0\0\x4E\x10", 10);  // 10,000 bytes follow, 7 bits a byte
  id3 += std::string(10000, '\0');
  size_t middle = 0;
  for (int i = 0; i < 20; ++i) middle += frame_length(bytes.substr(middle, 4));
  const std::string cases[] = {
      bytes.substr(0, middle) + std::string(5000, 'x') + bytes.substr(middle),
      id3 + bytes,
      bytes + "TAG" + std::string(125, ' '),
      bytes + std::string(5000, '\0')};
  for (const auto& text : cases) {
    CAPTURE(text.size());
    sep::write_file_atomically(path, text);
    CHECK(sep::read_audio(path).num_samples() == num_samples);
  }
}

TEST_CASE("an MP3 that changes its rate says so", "[audio][mpeg]") {
  const TemporaryFolder folder;
  const auto bytes = bare_mp3(folder);
  if (bytes.empty()) SEP_SKIP("libsndfile writes no MP3 here");
  REQUIRE(write_mp3(folder / "b.mp3", SF_BITRATE_MODE_CONSTANT, 32000));
  const auto path = folder / "both.mp3";
  sep::write_file_atomically(path, bytes + sep::read_file(folder / "b.mp3"));
  const auto error = error_of(path);
  CAPTURE(error);
  CHECK(error.find(path.string() + ": changes its rate or channels") == 0);
}

TEST_CASE("an MP3 inside a WAV is the MP3", "[audio][mpeg]") {
  const TemporaryFolder folder;
  if (!write_mp3(folder / "a.mp3", SF_BITRATE_MODE_VARIABLE)) {
    SEP_SKIP("libsndfile writes no MP3 here");
  }
  const auto bytes = sep::read_file(folder / "a.mp3");
  const auto number = [](uint64_t value, int num_bytes) {
    return sep::encode_number(value, num_bytes, sep::ByteOrder::kLittle);
  };
  const auto format = number(0x55, 2) + number(1, 2) + number(44100, 4) + number(16000, 4) +
                      number(1, 2) + number(0, 2) + number(0, 2);
  const auto wav = "RIFF" + number(38 + bytes.size(), 4) + "WAVEfmt " + number(18, 4) +
                   format + "data" + number(bytes.size(), 4) + bytes;
  const auto path = folder / "a.wav";
  sep::write_file_atomically(path, wav);
  CHECK(sep::read_audio_info(path).format == "WAV, MPEG Layer III");
  CHECK((sep::read_audio(path).samples == sep::read_audio(folder / "a.mp3").samples));
  sep::write_file_atomically(path, wav.substr(0, wav.size() / 2));
  CHECK(error_of(path).find(path.string() + ": cut short") == 0);
}

TEST_CASE("reading MPEG audio writes nothing to the terminal", "[audio][mpeg]") {
  const TemporaryFolder folder;
  if (!write_mp3(folder / "a.mp3", SF_BITRATE_MODE_VARIABLE)) {
    SEP_SKIP("libsndfile writes no MP3 here");
  }
  const auto bytes = sep::read_file(folder / "a.mp3");
  const auto path = folder / "both.mp3";  // of another length than its first frame says
  sep::write_file_atomically(path, bytes + bytes);
  std::fflush(stderr);
  const int before = ::dup(STDERR_FILENO);
  REQUIRE(std::freopen((folder / "stderr").c_str(), "w", stderr) != nullptr);
  const auto error = error_of(path);
  std::fflush(stderr);
  ::dup2(before, STDERR_FILENO);
  ::close(before);
  CHECK(error.empty());
  CHECK(fs::file_size(folder / "stderr") == 0);
}

TEST_CASE("what libmpg123 cannot read says so", "[audio][mpeg]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.mp3";
  sep::write_file_atomically(path, std::string(5000, 'x'));
  const sep::FileSource source(path);
  CHECK_THROWS_AS(sep::MpegDecoder(source, 0, source.size()), sep::Error);
  CHECK_THROWS_AS(sep::MpegDecoder(source, source.size(), 0), sep::Error);
}
