// What containers say of their lengths, against the files: cut, streamed, never closed.
#include <sndfile.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <map>

#include "libsep/audio/detail/byte_source.h"
#include "libsep/audio/file.h"
#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

namespace {

namespace fs = std::filesystem;
using sep::ByteOrder;

constexpr int64_t kNumSamples = 1000;
constexpr uint64_t kNumBytes = 2 * kNumSamples;

std::string little(uint64_t value, int num_bytes = 4) {
  return sep::encode_number(value, num_bytes, ByteOrder::kLittle);
}
std::string big(uint64_t value, int num_bytes = 4) {
  return sep::encode_number(value, num_bytes, ByteOrder::kBig);
}

// Sample i is 7 i + 3, of 16 bits: none spells a chunk, none is zero.
std::string samples(ByteOrder order) {
  std::string bytes;
  for (uint64_t i = 0; i < kNumSamples; ++i) {
    bytes += sep::encode_number(7 * i + 3, 2, order);
  }
  return bytes;
}

// A file of these samples whose header says that they are `said` bytes.
using Make = std::string (*)(uint64_t said, const std::string& metadata);

const std::string kFormat = little(1, 2) + little(1, 2) + little(44100) + little(88200) +
                            little(2, 2) + little(16, 2);

std::string riff_chunk(const std::string& name, const std::string& contents) {
  return name + little(contents.size()) + contents;
}

std::string wav(uint64_t said, const std::string& metadata) {
  const auto chunks =
      riff_chunk("fmt ", kFormat) + metadata + "data" + little(said & 0xFFFFFFFF);
  return "RIFF" + little((said + 4 + chunks.size()) & 0xFFFFFFFF) + "WAVE" + chunks +
         samples(ByteOrder::kLittle);
}

std::string rf64(uint64_t said, const std::string& metadata) {
  const auto sizes = little(said, 8) + little(said, 8) + little(said / 2, 8) + little(0);
  return "RF64" + little(0xFFFFFFFF) + "WAVE" + riff_chunk("ds64", sizes) +
         riff_chunk("fmt ", kFormat) + metadata + "data" + little(0xFFFFFFFF) +
         samples(ByteOrder::kLittle);
}

std::string bw64(uint64_t said, const std::string& metadata) {
  return "BW" + rf64(said, metadata).substr(2);
}

std::string w64(uint64_t said, const std::string& /*metadata*/) {
  const std::string tail("\xF3\xAC\xD3\x11\x8C\xD1\x00\xC0\x4F\x8E\xDB\x8A", 12);
  const std::string riff("\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00", 12);
  return "riff" + riff + little(said + 104, 8) + "wave" + tail + "fmt " + tail +
         little(40, 8) + kFormat + "data" + tail + little(said + 24, 8) +
         samples(ByteOrder::kLittle);
}

std::string aiff(uint64_t said, const std::string& metadata) {
  const std::string rate("\x40\x0E\xAC\x44\0\0\0\0\0\0", 10);  // 44100 as 80-bit float
  const auto format = big(1, 2) + big(said / 2 & 0xFFFFFFFF) + big(16, 2) + rate;
  const auto chunks =
      "COMM" + big(format.size()) + format + metadata + "SSND" + big(said + 8) + big(0, 8);
  return "FORM" + big((said + 4 + chunks.size()) & 0xFFFFFFFF) + "AIFF" + chunks +
         samples(ByteOrder::kBig);
}

std::string caf(uint64_t said, const std::string& metadata) {
  const std::string rate("\x40\xE5\x88\x80\0\0\0\0", 8);  // 44100 as 64-bit float
  const auto format = rate + "lpcm" + big(0) + big(2) + big(1) + big(1) + big(16);
  const auto size = said == UINT64_MAX ? said : said + 4;
  return "caff" + big(1, 2) + big(0, 2) + "desc" + big(32, 8) + format + metadata + "data" +
         big(size, 8) + big(0) + samples(ByteOrder::kBig);
}

std::string au(uint64_t said, const std::string& /*metadata*/) {
  return ".snd" + big(24) + big(said & 0xFFFFFFFF) + big(3) + big(44100) + big(1) +
         samples(ByteOrder::kBig);
}

struct Kind {
  const char* name;
  Make make;
};
const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {{"WAV, 16 bit", wav},
                                        {"RF64, 16 bit", rf64},
                                        {"BW64, 16 bit", bw64},
                                        {"W64, 16 bit", w64},
                                        {"AIFF, 16 bit", aiff},
                                        {"CAF, 16 bit", caf},
                                        {"AU, 16 bit", au}};
  return all;
}

std::string error_of(const fs::path& path) {
  try {
    sep::read_audio(path);
  } catch (const sep::Error& error) {
    return error.what();
  }
  return "read as whole";
}

void check_cut(const fs::path& path) {
  const auto error = error_of(path);
  CAPTURE(error);
  CHECK(error.find(path.string() + ": cut short") == 0);
  CHECK(error.find('\n') == std::string::npos);
}

void check_whole(const fs::path& path) {
  const auto signal = sep::read_audio(path);
  REQUIRE(signal.num_samples() == kNumSamples);
  for (int64_t i = 0; i < kNumSamples; ++i) {
    REQUIRE(signal.samples[static_cast<size_t>(i)] ==
            static_cast<float>(7 * i + 3) / 32768.0F);
  }
}

}  // namespace

TEST_CASE("a file is read for what its bytes say it is", "[audio][file]") {
  const TemporaryFolder folder;
  for (const auto& [name, make] : kinds()) {
    CAPTURE(name);
    const auto path = folder / "a.mp3";  // whatever it is called
    sep::write_file_atomically(path, make(kNumBytes, ""));
    check_whole(path);
    CHECK(sep::read_audio_info(path).format == name);
  }
}

// 2 GiB and more as well: a length of that size need not be a stream's mark.
TEST_CASE("a file that says more than it has is cut short", "[audio][file][failure]") {
  const TemporaryFolder folder;
  for (const auto& [name, make] : kinds()) {
    for (const uint64_t said :
         {kNumBytes + 2, uint64_t{2500000000}, uint64_t{3000000000}}) {
      CAPTURE(name, said);
      sep::write_file_atomically(folder / "a", make(said, ""));
      check_cut(folder / "a");
    }
  }
  for (const auto make : {rf64, bw64, w64, caf}) {
    sep::write_file_atomically(folder / "a", make(5000000000, ""));
    check_cut(folder / "a");
  }
}

TEST_CASE("metadata before the samples hide no cut", "[audio][file][failure]") {
  const TemporaryFolder folder;
  std::string chunks;
  std::string big_chunks;
  std::string long_chunks;
  for (int i = 0; i < 200; ++i) {
    const auto name = fmt::format("x{:03}", i);
    chunks += riff_chunk(name, std::string(16, '\0'));
    big_chunks += name + big(16) + std::string(16, '\0');
    long_chunks += name + big(16, 8) + std::string(16, '\0');
  }
  const std::pair<Make, std::string> cases[] = {
      {wav, chunks}, {rf64, chunks}, {aiff, big_chunks}, {caf, long_chunks}};
  for (const auto& [make, metadata] : cases) {
    sep::write_file_atomically(folder / "a", make(kNumBytes, metadata));
    check_whole(folder / "a");
    sep::write_file_atomically(folder / "a", make(100000, metadata));
    check_cut(folder / "a");
  }
}

// What programs write into a pipe, that cannot be gone back in.
TEST_CASE("a length that stands for the end is read to the end", "[audio][file]") {
  const TemporaryFolder folder;
  const auto path = folder / "a";
  const std::pair<Make, std::vector<uint64_t>> cases[] = {
      {wav, {0xFFFFFFFF, 0xFFFFFFD3, 0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0}},
      {rf64, {0, UINT64_MAX}},
      {bw64, {0, UINT64_MAX}},
      {w64, {0x7FFFFFFFFFFFFFFF - 24, UINT64_MAX - 24, 0}},
      {aiff, {0x7F000000, 0x7FFFFFFF, 0xFFFFFFFF - 8, 0}},
      {caf, {UINT64_MAX, 0}},
      {au, {0xFFFFFFFF, 0}}};
  for (const auto& [make, lengths] : cases) {
    for (const auto said : lengths) {
      CAPTURE(make(kNumBytes, "").substr(0, 4), said);
      sep::write_file_atomically(path, make(said, ""));
      check_whole(path);
    }
  }
  auto bytes = wav(0, "");
  bytes.replace(4, 4, little(0));  // nor the length of all
  sep::write_file_atomically(path, bytes);
  check_whole(path);
  bytes = aiff(0, "");
  bytes.replace(bytes.find("SSND") + 4, 4, big(0));  // so ffmpeg
  sep::write_file_atomically(path, bytes);
  check_whole(path);
}

TEST_CASE("a file without samples holds none, whatever follows", "[audio][file][failure]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.wav";
  const auto empty =
      "RIFF" + little(36) + "WAVE" + riff_chunk("fmt ", kFormat) + riff_chunk("data", "");
  for (const auto& tail :
       {std::string(), riff_chunk("LIST", "INFO" + riff_chunk("INAM", "title!"))}) {
    sep::write_file_atomically(path, empty + tail);
    CHECK(error_of(path) == path.string() + ": holds no samples");
  }
}

// A WAV above 4 GiB says its length modulo 2^32, or nothing.
TEST_CASE("a WAV above 4 GiB is read to its end", "[audio][file]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.wav";
  constexpr uint64_t kSize = (uint64_t{1} << 32) + kNumBytes;
  const uint64_t said = GENERATE(uint64_t{kNumBytes}, uint64_t{0xFFFFFFFF}, uint64_t{0});
  sep::write_file_atomically(path, wav(said, ""));
  const auto head = fs::file_size(path) - kNumBytes;
  std::error_code no_room;
  fs::resize_file(path, head + kSize, no_room);
  if (no_room) SEP_SKIP("no file of 4 GiB with a hole may be made here");
  CHECK(sep::read_audio_info(path).num_samples == static_cast<int64_t>(kSize / 2));
}

namespace {

struct Coding {
  int format;
  std::string name;
};

// All that libsndfile writes here and reads again, but for coders of MPEG and Ogg.
std::vector<Coding> codings() {
  std::vector<Coding> result;
  int num_containers = 0;
  int num_coders = 0;
  sf_command(nullptr, SFC_GET_FORMAT_MAJOR_COUNT, &num_containers, sizeof(int));
  sf_command(nullptr, SFC_GET_FORMAT_SUBTYPE_COUNT, &num_coders, sizeof(int));
  for (int c = 0; c < num_containers; ++c) {
    SF_FORMAT_INFO container{};
    container.format = c;
    sf_command(nullptr, SFC_GET_FORMAT_MAJOR, &container, sizeof(container));
    for (int s = 0; s < num_coders; ++s) {
      SF_FORMAT_INFO coder{};
      coder.format = s;
      sf_command(nullptr, SFC_GET_FORMAT_SUBTYPE, &coder, sizeof(coder));
      SF_INFO info{0, 44100, 1, container.format | coder.format, 0, 0};
      if (sf_format_check(&info) == 0) continue;
      result.push_back({info.format, std::string(container.extension) + " " + coder.name});
    }
  }
  return result;
}

// False where the samples do not go into that format after all.
bool write_coding(const fs::path& path, int format) {
  SF_INFO info{0, 44100, 1, format, 0, 0};
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  if (file == nullptr) return false;
  std::vector<short> sound(20000);
  for (size_t i = 0; i < sound.size(); ++i) {
    sound[i] = static_cast<short>(8000.0 * std::sin(0.01 * static_cast<double>(i)));
  }
  const auto count = static_cast<sf_count_t>(sound.size());
  const bool written = sf_write_short(file, sound.data(), count) == count;
  return sf_close(file) == 0 && written;
}

std::vector<float> read_with_libsndfile(const fs::path& path) {
  SF_INFO info{};
  SNDFILE* file = sf_open(path.c_str(), SFM_READ, &info);
  if (file == nullptr) return {};
  std::vector<float> values(
      static_cast<size_t>(std::min<sf_count_t>(info.frames, 1 << 20)));
  values.resize(static_cast<size_t>(
      sf_readf_float(file, values.data(), static_cast<sf_count_t>(values.size()))));
  sf_close(file);
  return values;
}

bool says_its_length(int format) {
  const int container = format & SF_FORMAT_TYPEMASK;
  return container != SF_FORMAT_IRCAM && container != SF_FORMAT_PAF &&
         container != SF_FORMAT_PVF && container != SF_FORMAT_XI;
}

}  // namespace

TEST_CASE(
    "whole files of every format are what libsndfile reads of them, cut ones are none",
    "[audio][file][property]") {
  const TemporaryFolder folder;
  const auto path = folder / "a";
  int num_read = 0;
  for (const auto& [format, name] : codings()) {
    const int container = format & SF_FORMAT_TYPEMASK;
    if (container == SF_FORMAT_SD2 || container == 0x230000 || !write_coding(path, format))
      continue;
    const auto wanted = read_with_libsndfile(path);
    if (wanted.empty()) continue;  // written, but not read
    CAPTURE(name);
    CHECK((sep::read_audio(path).samples == wanted));
    ++num_read;
    const auto bytes = sep::read_file(path);
    for (const double part : {0.3, 0.6, 0.9}) {
      const auto length = static_cast<size_t>(part * static_cast<double>(bytes.size()));
      sep::write_file_atomically(path, bytes.substr(0, length));
      if (!says_its_length(format)) continue;
      CHECK(error_of(path) != "read as whole");
    }
    fs::remove(path);
  }
  CHECK(num_read > 60);
}
