#include "libsep/audio/file.h"

#include <sndfile.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmath>
#include <csignal>
#include <cstring>
#include <fstream>
#include <limits>

#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using sep::SampleFormat;
using sep::Signal;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Signal ramp(int64_t num_channels, int64_t num_samples, int64_t rate = 44100) {
  Signal signal = sep::make_silence(num_channels, num_samples, rate);
  for (size_t i = 0; i < signal.samples.size(); ++i) {
    signal.samples[i] =
        static_cast<float>(std::sin(0.01 * static_cast<double>(i * i)) * 0.9);
  }
  return signal;
}

double largest_difference(const Signal& a, const Signal& b) {
  REQUIRE(a.samples.size() == b.samples.size());
  double largest = 0.0;
  for (size_t i = 0; i < a.samples.size(); ++i) {
    largest = std::max(largest, std::abs(double(a.samples[i]) - double(b.samples[i])));
  }
  return largest;
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// A file as any program would write it, by libsndfile itself.
template <class T>
void write_foreign(const std::filesystem::path& path,
                   int format,
                   int num_channels,
                   const std::vector<T>& interleaved) {
  SF_INFO info{};
  info.format = format;
  info.channels = num_channels;
  info.samplerate = 44100;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  REQUIRE(file != nullptr);
  const auto count = static_cast<sf_count_t>(interleaved.size());
  if constexpr (std::is_same_v<T, short>) {
    REQUIRE(sf_write_short(file, interleaved.data(), count) == count);
  } else if constexpr (std::is_same_v<T, int>) {
    REQUIRE(sf_write_int(file, interleaved.data(), count) == count);
  } else {
    REQUIRE(sf_write_double(file, interleaved.data(), count) == count);
  }
  REQUIRE(sf_close(file) == 0);
}

std::string message_of(const std::filesystem::path& path) {
  try {
    sep::read_audio(path);
  } catch (const sep::Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// One line that names the file.
void check_message(const std::filesystem::path& path, const std::string& part) {
  const auto message = message_of(path);
  CAPTURE(message, part);
  CHECK(has(message, path.string()));
  CHECK(has(message, part));
  CHECK_FALSE(has(message, "\n"));
}

size_t num_files(const TemporaryFolder& folder) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    count += entry.path().empty() ? 0 : 1;
  }
  return count;
}

}  // namespace

TEST_CASE("what is written is read again", "[audio][file][property]") {
  const TemporaryFolder folder;
  const auto num_channels = GENERATE(int64_t{1}, 2, 5);
  // Around the blocks of 65536 samples in which files are read and written.
  const auto num_samples = GENERATE(int64_t{1}, 7, 65535, 65536, 65537, 140000);
  const auto rate = GENERATE(int64_t{8000}, 44100, 96000);
  const auto signal = ramp(num_channels, num_samples, rate);
  struct Case {
    const char* name;
    SampleFormat format;
    double tolerance;  // half a step, and the float's own rounding of it
    const char* described;
  };
  const Case cases[] = {{"a.wav", SampleFormat::kInt16, 0.5001 / 32768, "WAV, 16 bit"},
                        {"a.wav", SampleFormat::kInt24, 0.5001 / 8388608, "WAV, 24 bit"},
                        {"a.wav", SampleFormat::kFloat32, 0.0, "WAV, 32 bit float"},
                        {"a.flac", SampleFormat::kInt16, 0.5001 / 32768, "FLAC, 16 bit"},
                        {"a.FLAC", SampleFormat::kInt24, 0.5001 / 8388608, "FLAC, 24 bit"}};
  for (const auto& item : cases) {
    CAPTURE(item.name, item.described, num_channels, num_samples, rate);
    const auto path = folder / item.name;
    sep::write_audio(path, signal, item.format);
    const auto info = sep::read_audio_info(path);
    CHECK(info.num_channels == num_channels);
    CHECK(info.num_samples == num_samples);
    CHECK(info.sample_rate == rate);
    CHECK(info.format == item.described);
    const auto again = sep::read_audio(path);
    CHECK(again.num_channels == num_channels);
    CHECK(again.sample_rate == rate);
    CHECK(largest_difference(signal, again) <= item.tolerance);
  }
}

TEST_CASE("integers are scaled exactly", "[audio][file]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.wav";
  write_foreign<short>(
      path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, {-32768, -1, 0, 1, 32767});
  CHECK(sep::read_audio(path).samples ==
        std::vector<float>{-1.0F, -1.0F / 32768, 0.0F, 1.0F / 32768, 32767.0F / 32768});
  write_foreign<int>(
      path, SF_FORMAT_WAV | SF_FORMAT_PCM_24, 1, {INT32_MIN, -256, 0, 256, 8388607 * 256});
  CHECK(sep::read_audio(path).samples ==
        std::vector<float>{
            -1.0F, -1.0F / 8388608, 0.0F, 1.0F / 8388608, 8388607.0F / 8388608});
}

TEST_CASE("an integer file keeps its values when written again",
          "[audio][file][property]") {
  const TemporaryFolder folder;
  std::vector<short> values;
  for (int value = -32768; value <= 32767; ++value) {
    values.push_back(static_cast<short>(value));
  }
  write_foreign<short>(folder / "a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, values);
  const auto signal = sep::read_audio(folder / "a.wav");
  for (const auto* name : {"b.wav", "b.flac"}) {
    sep::write_audio(folder / name, signal, SampleFormat::kInt16);
    CHECK(sep::read_audio(folder / name).samples == signal.samples);
  }
}

TEST_CASE("loud samples are clipped, never wrapped", "[audio][file]") {
  const TemporaryFolder folder;
  const auto format = GENERATE(SampleFormat::kInt16, SampleFormat::kInt24);
  const float step = format == SampleFormat::kInt16 ? 1.0F / 32768 : 1.0F / 8388608;
  const Signal loud{1, 44100, {1.0F, 1.5F, 1e30F, -1.0F, -1.5F, -1e30F, 1.0F - step / 4}};
  for (const auto* name : {"a.wav", "a.flac"}) {
    sep::write_audio(folder / name, loud, format);
    const float top = 1.0F - step;
    CHECK(sep::read_audio(folder / name).samples ==
          std::vector<float>{top, top, top, -1.0F, -1.0F, -1.0F, top});
  }
}

TEST_CASE("channels lie one after the other", "[audio][file]") {
  const TemporaryFolder folder;
  write_foreign<short>(folder / "a.wav",
                       SF_FORMAT_WAV | SF_FORMAT_PCM_16,
                       2,
                       {16384, -16384, 8192, -8192, 4096, -4096});
  CHECK(sep::read_audio(folder / "a.wav").samples ==
        std::vector<float>{0.5F, 0.25F, 0.125F, -0.5F, -0.25F, -0.125F});
}

TEST_CASE("the same signal gives the same bytes", "[audio][file]") {
  const TemporaryFolder folder;
  const auto signal = ramp(2, 5000);
  for (const auto* name : {"a.wav", "a.flac"}) {
    for (const auto format :
         {SampleFormat::kInt16, SampleFormat::kInt24, SampleFormat::kFloat32}) {
      if (format == SampleFormat::kFloat32 && std::string(name) == "a.flac") {
        continue;
      }
      sep::write_audio(folder / name, signal, format);
      const auto first = sep::read_file(folder / name);
      // libsndfile's PEAK chunk would hold the second of writing.
      CHECK_FALSE(has(first, "PEAK"));
      sep::write_audio(folder / name, signal, format);
      CHECK(first == sep::read_file(folder / name));
    }
  }
}

TEST_CASE("a file read in pieces is the same file", "[audio][file][property]") {
  const TemporaryFolder folder;
  const auto signal = ramp(2, 70001);
  sep::write_audio(folder / "a.wav", signal, SampleFormat::kFloat32);
  const auto piece = GENERATE(int64_t{999}, 65536, 70001, 100000);
  sep::AudioReader reader(folder / "a.wav");
  CHECK(reader.info().num_samples == 70001);
  std::vector<float> left;
  std::vector<float> right;
  while (true) {
    const auto block = reader.read(piece);
    REQUIRE(block.num_channels == 2);
    if (block.num_samples() == 0) {
      break;
    }
    left.insert(left.end(), block.channel(0), block.channel(0) + block.num_samples());
    right.insert(right.end(), block.channel(1), block.channel(1) + block.num_samples());
  }
  left.insert(left.end(), right.begin(), right.end());
  CHECK(left == signal.samples);
}

TEST_CASE("a file written in pieces is the same file", "[audio][file][property]") {
  const TemporaryFolder folder;
  const auto signal = ramp(1, 10000);
  sep::write_audio(folder / "a.wav", signal, SampleFormat::kInt24);
  {
    sep::AudioWriter writer(folder / "b.wav", 1, 44100, SampleFormat::kInt24);
    for (size_t begin = 0; begin < 10000; begin += 2500) {
      Signal part{1, 44100, {}};
      part.samples.assign(
          signal.samples.begin() + static_cast<std::ptrdiff_t>(begin),
          signal.samples.begin() + static_cast<std::ptrdiff_t>(begin + 2500));
      writer.write(part);
    }
    CHECK_FALSE(std::filesystem::exists(folder / "b.wav"));
    writer.commit();
    CHECK_THROWS_AS(writer.commit(), sep::Error);
    CHECK_THROWS_AS(writer.write(signal), sep::Error);
  }
  CHECK(sep::read_file(folder / "a.wav") == sep::read_file(folder / "b.wav"));
}

TEST_CASE("a writer given up leaves nothing", "[audio][file]") {
  const TemporaryFolder folder;
  {
    sep::AudioWriter writer(folder / "a.wav", 1, 44100, SampleFormat::kInt16);
    writer.write(ramp(1, 100));
    CHECK_THROWS_AS(writer.write(ramp(2, 100)), sep::Error);
    CHECK_THROWS_AS(writer.write(ramp(1, 100, 48000)), sep::Error);
  }
  CHECK(num_files(folder) == 0);
}

TEST_CASE("what is no audio file says so in one line", "[audio][file]") {
  const TemporaryFolder folder;
  check_message(folder / "absent.wav", "no such file");
  check_message(folder.path(), "a folder");
  write_text(folder / "empty.wav", "");
  check_message(folder / "empty.wav", "not an audio file");
  write_text(folder / "text.wav", "These are words.\nNot sound.\n");
  check_message(folder / "text.wav", "not an audio file");
  write_text(folder / "text.flac", "fLaC but then only words follow it");
  check_message(folder / "text.flac", "");
  write_foreign<short>(folder / "none.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, {});
  check_message(folder / "none.wav", "no samples");
}

TEST_CASE("channel counts out of range say so", "[audio][file]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.wav";
  write_foreign<short>(
      path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 32, std::vector<short>(64, 5));
  CHECK(sep::read_audio(path).num_channels == 32);
  write_foreign<short>(
      path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 33, std::vector<short>(66, 5));
  check_message(path, "33 channels");
  write_foreign<short>(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, {1, 2, 3});
  auto bytes = sep::read_file(path);
  bytes[22] = 0;  // the channel count of the format chunk
  write_text(path, bytes);
  check_message(path, "");
}

TEST_CASE("a file cut short says so", "[audio][file]") {
  const TemporaryFolder folder;
  const auto signal = ramp(1, 200000);
  const auto* name = GENERATE("a.wav", "a.flac");
  const auto format = GENERATE(SampleFormat::kInt16, SampleFormat::kInt24);
  sep::write_audio(folder / name, signal, format);
  const auto bytes = sep::read_file(folder / name);
  for (const double part : {0.05, 0.5, 0.99}) {
    CAPTURE(name, part);
    const auto length = static_cast<size_t>(part * static_cast<double>(bytes.size()));
    write_text(folder / name, bytes.substr(0, length));
    check_message(folder / name, "cut short");
  }
  write_text(folder / name, bytes.substr(0, bytes.size() - 2));
  check_message(folder / name, "cut short");
}

TEST_CASE("cut files of other formats say so", "[audio][file]") {
  const TemporaryFolder folder;
  struct Case {
    const char* name;
    int format;
  };
  const Case cases[] = {{"a.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16},
                        {"a.au", SF_FORMAT_AU | SF_FORMAT_PCM_16},
                        {"a.w64", SF_FORMAT_W64 | SF_FORMAT_PCM_16},
                        {"a.rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16}};
  for (const auto& item : cases) {
    CAPTURE(item.name);
    const auto path = folder / item.name;
    write_foreign<short>(path, item.format, 1, std::vector<short>(50000, 77));
    CHECK(sep::read_audio(path).num_samples() == 50000);
    write_text(path, sep::read_file(path).substr(0, 60000));
    check_message(path, "cut short");
  }
}

namespace {

// A WAV file by hand: chunks of 1000 samples of 16 bits.
struct WavBytes {
  bool big_endian = false;

  std::string number(uint64_t value, int num_bytes = 4) const {
    std::string bytes;
    for (int i = 0; i < num_bytes; ++i) {
      bytes += static_cast<char>(value >> 8 * (big_endian ? num_bytes - 1 - i : i) & 0xFF);
    }
    return bytes;
  }
  std::string chunk(const std::string& name, const std::string& content) const {
    return name + number(content.size()) + content;
  }
  std::string format() const {
    return chunk("fmt ",
                 number(1, 2) + number(1, 2) + number(44100) + number(88200) +
                     number(2, 2) + number(16, 2));
  }
  std::string data() const { return chunk("data", std::string(2000, '\1')); }
  std::string riff(const std::string& chunks) const {
    return (big_endian ? "RIFX" : "RIFF") + number(4 + chunks.size()) + "WAVE" + chunks;
  }
  std::string rf64(const std::string& chunks) const {
    const auto sizes =
        number(4 + 36 + chunks.size(), 8) + number(2000, 8) + number(1000, 8) + number(0);
    return "RF64" + number(0xFFFFFFFF) + "WAVE" + chunk("ds64", sizes) + chunks;
  }
};

std::string id3_tag(size_t size) {
  std::string tag("ID3\3\0\0\0\0", 8);
  tag += static_cast<char>(size >> 7);
  tag += static_cast<char>(size & 0x7F);
  return tag + std::string(size, '\0');
}

}  // namespace

// From 2^32 less its own length on, a part of a list leads libsndfile 1.2 back into it.
TEST_CASE("a list of lengths that lead back is not read for ever", "[audio][file]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.wav";
  const auto part_size =
      GENERATE(0U, 16U, 1000U, 0x80000000U, 0xFFFFFF00U, 0xFFFFFFF8U, 0xFFFFFFFFU);
  const std::string name = GENERATE("LIST", "INFO");
  const std::string kind = GENERATE("adtl", "INFO", "exif");
  for (const bool big_endian : {false, true}) {
    const WavBytes wav{big_endian};
    const auto list =
        wav.chunk(name, kind + "abcd" + wav.number(part_size) + std::string(16, 'x'));
    const auto before = wav.format() + list + wav.data();
    std::vector<std::string> files = {wav.riff(before),
                                      wav.riff(wav.format() + wav.data() + list)};
    for (const size_t size : {2, 3, 90, 300}) {
      files.push_back(id3_tag(size) + wav.riff(before));
      files.push_back(id3_tag(2) + id3_tag(size) + wav.riff(before));
    }
    if (!big_endian) {  // where libsndfile leaves no byte between chunks of odd length
      files.push_back(wav.rf64(wav.format() + wav.chunk("abcd", "x") + list + wav.data()));
    }
    for (const auto& bytes : files) {
      write_text(path, bytes);
      CHECK(sep::read_audio(path).samples ==
            std::vector<float>(1000, static_cast<float>(0x0101) / 32768.0F));
    }
  }
}

TEST_CASE("a list that says it reaches over the samples does not hide them",
          "[audio][file]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.wav";
  const auto excess = GENERATE(0U, 8U, 500U, 2008U, 100000U, 0x7FFFFFFFU, 0xFFFFFF00U);
  for (const bool big_endian : {false, true}) {
    const WavBytes wav{big_endian};
    const auto parts = "INFO" + wav.chunk("INAM", "title!") + wav.chunk("abcd", "");
    const auto list =
        "LIST" + wav.number(static_cast<uint32_t>(parts.size()) + excess) + parts;
    write_text(path, wav.riff(wav.format() + list + wav.data()));
    CHECK(sep::read_audio(path).samples.size() == 1000);
  }
}

// Such a length leads libsndfile 1.2 back only where the file is longer than it.
TEST_CASE("chunks of lengths that lead back in files above 4 GiB end", "[audio][file]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.wav";
  const std::string name = GENERATE("JUNK", "LIST", "bext", "PAD ", "iXML", "cue ", "abcd");
  const auto length = GENERATE(0x80000000U, 0xFFFFFF00U, 0xFFFFFFF8U, 0xFFFFFFFFU);
  const bool rf64 = GENERATE(false, true);
  const WavBytes wav;
  const auto chunks = wav.format() + name + wav.number(length) + wav.data();
  write_text(path, rf64 ? wav.rf64(chunks) : wav.riff(chunks));
  std::error_code no_room;
  std::filesystem::resize_file(path, (uint64_t{1} << 32) + 1000, no_room);
  if (no_room) SEP_SKIP("no file of 4 GiB with a hole may be made here");
  std::string message;
  try {
    sep::read_audio_info(path);  // that it ends is what counts
  } catch (const sep::Error& error) {
    message = error.what();
  }
  CHECK(message.find('\n') == std::string::npos);
}

TEST_CASE("samples that spell the names of chunks are read as they stand",
          "[audio][file]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.wav";
  const int format = GENERATE(int{SF_FORMAT_PCM_U8},
                              int{SF_FORMAT_PCM_16},
                              int{SF_FORMAT_FLOAT},
                              int{SF_FORMAT_ULAW},
                              int{SF_FORMAT_IMA_ADPCM},
                              int{SF_FORMAT_MS_ADPCM},
                              int{SF_FORMAT_GSM610},
                              int{SF_FORMAT_G721_32},
                              int{SF_FORMAT_NMS_ADPCM_16});
  const auto offset = GENERATE(0, 1, 2, 3);
  write_foreign<short>(path, SF_FORMAT_WAV | format, 1, std::vector<short>(20000, 1000));
  auto bytes = sep::read_file(path);
  const auto data = bytes.find("data") + 8;
  for (auto i = data + 8 + static_cast<size_t>(offset); i + 8 < bytes.size(); i += 8) {
    bytes.replace(i, 8, "LISTINFO");
  }
  write_text(path, bytes);
  SF_INFO info{};
  SNDFILE* file = sf_open(path.c_str(), SFM_READ, &info);  // by libsndfile alone
  REQUIRE(file != nullptr);
  std::vector<float> wanted(static_cast<size_t>(info.frames));
  REQUIRE(sf_readf_float(file, wanted.data(), info.frames) == info.frames);
  sf_close(file);
  const auto found = sep::read_audio(path).samples;
  CAPTURE(format, offset, found.size(), wanted.size());
  CHECK((found == wanted));  // in brackets: not to be printed
}

TEST_CASE("a WAV written into a pipe is read to its end", "[audio][file]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.wav";
  write_foreign<short>(
      path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, std::vector<short>(500, 77));
  const auto size_field = GENERATE(0xFFFFFFFFU, 0x7FFFFFFFU);
  auto bytes = sep::read_file(path);
  std::memcpy(bytes.data() + 40, &size_field, 4);  // the length of the data chunk
  write_text(path, bytes);
  CHECK(sep::read_audio(path).num_samples() == 500);
}

TEST_CASE("a pipe nobody writes to is refused, not waited for", "[audio][file]") {
  const TemporaryFolder folder;
  REQUIRE(::mkfifo((folder / "pipe.wav").c_str(), 0600) == 0);
  check_message(folder / "pipe.wav", "a pipe or device, wanted an audio file");
}

TEST_CASE("samples that are no numbers say where", "[audio][file]") {
  const TemporaryFolder folder;
  const double bad = GENERATE(double(kNan), HUGE_VAL, -HUGE_VAL);
  std::vector<double> values(100000, 0.25);
  values[70001] = bad;
  write_foreign<double>(folder / "a.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 2, values);
  check_message(folder / "a.wav", "sample 35000 is not a finite number");
}

TEST_CASE("what cannot be written leaves no file", "[audio][file]") {
  const TemporaryFolder folder;
  const auto signal = ramp(1, 1000);
  CHECK_THROWS_AS(sep::write_audio(folder / "a.mp3", signal, SampleFormat::kInt16),
                  sep::Error);
  CHECK_THROWS_AS(sep::write_audio(folder / "a", signal, SampleFormat::kInt16), sep::Error);
  CHECK_THROWS_AS(sep::write_audio(folder / "a.flac", signal, SampleFormat::kFloat32),
                  sep::Error);
  CHECK_THROWS_AS(sep::write_audio(folder / "a.flac", ramp(9, 10), SampleFormat::kInt16),
                  sep::Error);
  CHECK_THROWS_AS(sep::write_audio(folder / "a.wav", ramp(1, 0), SampleFormat::kInt16),
                  sep::Error);
  CHECK_THROWS_AS(
      sep::write_audio(folder / "a.wav", Signal{1, 0, {0.5F}}, SampleFormat::kInt16),
      sep::Error);
  CHECK_THROWS_AS(
      sep::write_audio(folder / "a.wav", Signal{1, 44100, {kNan}}, SampleFormat::kInt16),
      sep::Error);
  CHECK_THROWS_AS(sep::write_audio(folder / "no" / "a.wav", signal, SampleFormat::kInt16),
                  sep::Error);
  CHECK(num_files(folder) == 0);
}

TEST_CASE("what a format cannot hold is found before anything is written",
          "[audio][file][failure]") {
  const TemporaryFolder folder;
  constexpr auto kInt24 = SampleFormat::kInt24;
  CHECK_NOTHROW(sep::check_can_hold("a.flac", 8, 655350, kInt24));
  CHECK_NOTHROW(sep::check_can_hold("a.wav", 9, 700000, kInt24));
  CHECK_THROWS_AS(sep::check_can_hold("a.flac", 9, 44100, kInt24), sep::Error);
  CHECK_THROWS_AS(sep::check_can_hold("a.flac", 1, 655351, kInt24), sep::Error);
  CHECK_THROWS_AS(sep::check_can_hold("a.flac", 1, 44100, SampleFormat::kFloat32),
                  sep::Error);
  CHECK_THROWS_AS(sep::check_can_hold("a.mp3", 1, 44100, kInt24), sep::Error);
  CHECK_THROWS_AS(sep::AudioWriter(folder / "a.flac", 1, 655351, kInt24), sep::Error);
  CHECK(num_files(folder) == 0);
}

TEST_CASE("FLAC files appended to each other are not one of them",
          "[audio][file][failure]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.flac";
  const auto num_samples = GENERATE(int64_t{10}, 100000);
  sep::write_audio(path, ramp(1, num_samples), SampleFormat::kInt16);
  const auto bytes = sep::read_file(path);
  write_text(path, bytes + bytes);
  check_message(path, "another FLAC file is appended at byte");
  write_text(path, bytes + std::string("TAG and what else stands behind"));
  CHECK(sep::read_audio(path).num_samples() == num_samples);
}

TEST_CASE("a full disk is a failure and keeps the old file", "[audio][file]") {
  const TemporaryFolder folder;
  const auto* name = GENERATE("a.wav", "a.flac");
  const auto length = GENERATE(int64_t{3000}, 100000);
  write_text(folder / name, "what was there");
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 2048;
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  CHECK_THROWS_AS(sep::write_audio(folder / name, ramp(1, length), SampleFormat::kInt24),
                  sep::Failure);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(sep::read_file(folder / name) == "what was there");
  CHECK(num_files(folder) == 1);
}
