#include <sndfile.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <system_error>
#include <vector>

#include "libsep/audio/detail/interleave.h"
#include "libsep/audio/detail/output_file.h"
#include "libsep/audio/detail/sound_input.h"
#include "libsep/audio/file.h"
#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/file_group.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kBlockSamples = 1 << 16;
// RIFF counts bytes in 32 bits; the rest is room for its headers.
constexpr int64_t kMaxFlacRate = 655350;
constexpr int64_t kMaxWavBytes = (int64_t{1} << 32) - 4096;

int64_t bytes_per_sample(SampleFormat format) {
  switch (format) {
    case SampleFormat::kInt16:
      return 2;
    case SampleFormat::kInt24:
      return 3;
    case SampleFormat::kFloat32:
      break;
  }
  return 4;
}

int subtype_of(SampleFormat format) {
  switch (format) {
    case SampleFormat::kInt16:
      return SF_FORMAT_PCM_16;
    case SampleFormat::kInt24:
      return SF_FORMAT_PCM_24;
    case SampleFormat::kFloat32:
      break;
  }
  return SF_FORMAT_FLOAT;
}

int container_of(const fs::path& path) {
  std::string extension = path.extension().string();
  for (char& letter : extension) {
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  SEP_CHECK(extension == ".wav" || extension == ".flac",
            "{}: extension '{}', wanted .wav or .flac",
            path.string(),
            extension);
  return extension == ".wav" ? SF_FORMAT_WAV : SF_FORMAT_FLAC;
}

SF_INFO checked_format(const fs::path& path,
                       int64_t num_channels,
                       int64_t sample_rate,
                       SampleFormat format) {
  const int container = container_of(path);
  SEP_CHECK(container != SF_FORMAT_FLAC || format != SampleFormat::kFloat32,
            "{}: FLAC holds integers, wanted 16 or 24 bit, not float",
            path.string());
  SF_INFO info{};
  info.format = container | subtype_of(format);
  info.channels = static_cast<int>(std::clamp<int64_t>(num_channels, 0, 1 << 20));
  info.samplerate = static_cast<int>(std::clamp<int64_t>(sample_rate, 0, INT32_MAX));
  // libsndfile finds out about the rate of a FLAC when the first samples come.
  const bool has_rate = container != SF_FORMAT_FLAC || sample_rate <= kMaxFlacRate;
  SEP_CHECK(sample_rate > 0 && has_rate && sf_format_check(&info) != 0,
            "{}: the format cannot hold {} channels at {} Hz",
            path.string(),
            num_channels,
            sample_rate);
  return info;
}

// In the upper bits of an int, where libsndfile takes them from.
int to_integer(float value, int bits) {
  const double scale = std::ldexp(1.0, bits - 1);
  const double rounded = std::nearbyint(static_cast<double>(value) * scale);
  const auto level = static_cast<int64_t>(std::clamp(rounded, -scale, scale - 1.0));
  return static_cast<int>(level * (int64_t{1} << (32 - bits)));
}

}  // namespace

struct AudioWriter::State {
  fs::path path;
  fs::path temporary;
  SF_INFO info{};
  SampleFormat format = SampleFormat::kInt16;
  std::unique_ptr<OutputFile> output;
  SndFile file;
  int64_t num_samples = 0;

  ~State() {
    file.reset();
    if (output != nullptr) {
      ::unlink(temporary.c_str());
    }
  }

  void open();
  void check(const Signal& signal) const;
  void check_room_for(int64_t count) const;
  void write_block(const Signal& signal, int64_t begin, int64_t count);
  void close();
  void finish();
  [[noreturn]] void throw_failure() const;
};

void AudioWriter::State::open() {
  output = std::make_unique<OutputFile>(temporary, path);
  auto io = output->virtual_io();
  file.reset(sf_open_virtual(&io, SFM_WRITE, &info, output.get()));
  if (file == nullptr) {
    throw_failure();
  }
  // The chunk holds the time of writing: other bytes each time.
  sf_command(file.get(), SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);
}

void AudioWriter::State::throw_failure() const {
  const std::string reason = output->error() != 0
                                 ? std::generic_category().message(output->error())
                                 : sndfile_reason(file.get());
  throw Failure(
      fmt::format("{}: cannot be written to its end ({})", path.string(), reason));
}

void AudioWriter::State::check(const Signal& signal) const {
  const auto name = path.string();
  SEP_CHECK(file != nullptr, "{}: is written already", name);
  SEP_CHECK(signal.num_channels == info.channels && signal.sample_rate == info.samplerate,
            "{}: {} channels at {} Hz, wanted {} at {} Hz",
            name,
            signal.num_channels,
            signal.sample_rate,
            info.channels,
            info.samplerate);
  const bool finite = std::all_of(signal.samples.begin(),
                                  signal.samples.end(),
                                  [](float v) { return std::isfinite(v); });
  SEP_CHECK(finite, "{}: a sample to write is not a finite number", name);
  check_room_for(signal.num_samples());
}

void AudioWriter::State::check_room_for(int64_t count) const {
  const int64_t bytes = (num_samples + count) * info.channels * bytes_per_sample(format);
  const bool wav = (info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_WAV;
  SEP_CHECK(
      !wav || bytes < kMaxWavBytes, "{}: above 4 GiB, too long for WAV", path.string());
}

void AudioWriter::State::write_block(const Signal& signal, int64_t begin, int64_t count) {
  const int bits = static_cast<int>(8 * bytes_per_sample(format));
  const auto convert = [bits](float value) { return to_integer(value, bits); };
  const auto written =
      format == SampleFormat::kFloat32
          ? sf_writef_float(file.get(), interleaved(signal, begin, count).data(), count)
          : sf_writef_int(
                file.get(), interleaved(signal, begin, count, convert).data(), count);
  if (written != count || output->error() != 0) {
    throw_failure();
  }
  num_samples += count;
}

void AudioWriter::State::close() {
  const bool closed = sf_close(file.release()) == SF_ERR_NO_ERROR;
  if (!closed || output->error() != 0) {
    throw_failure();
  }
  output.reset();
}

void AudioWriter::State::finish() {
  const auto name = path.string();
  SEP_CHECK(file != nullptr, "{}: is written already", name);
  SEP_CHECK(num_samples > 0, "{}: no samples to write", name);
  close();
}

void check_can_hold(const fs::path& path,
                    int64_t num_channels,
                    int64_t sample_rate,
                    SampleFormat format) {
  checked_format(path, num_channels, sample_rate, format);
}

AudioWriter::AudioWriter(const fs::path& path,
                         int64_t num_channels,
                         int64_t sample_rate,
                         SampleFormat format)
    : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->info = checked_format(path, num_channels, sample_rate, format);
  state_->format = format;
  state_->temporary = temporary_beside(path);
  state_->open();
}

AudioWriter::~AudioWriter() = default;
AudioWriter::AudioWriter(AudioWriter&&) noexcept = default;
AudioWriter& AudioWriter::operator=(AudioWriter&&) noexcept = default;

void AudioWriter::check_room_for(int64_t num_samples) const {
  state_->check_room_for(num_samples);
}

void AudioWriter::write(const Signal& signal) {
  state_->check(signal);
  const int64_t num_samples = signal.num_samples();
  for (int64_t begin = 0; begin < num_samples; begin += kBlockSamples) {
    state_->write_block(signal, begin, std::min(kBlockSamples, num_samples - begin));
  }
}

void AudioWriter::commit() {
  state_->finish();
  commit_temporary(state_->temporary, state_->path);
}

void AudioWriter::commit(FileGroup& group) {
  state_->finish();
  group.add(state_->temporary, state_->path);
}

void write_audio(const fs::path& path, const Signal& signal, SampleFormat format) {
  SEP_CHECK(signal.num_samples() > 0, "{}: no samples to write", path.string());
  AudioWriter writer(path, signal.num_channels, signal.sample_rate, format);
  writer.write(signal);
  writer.commit();
}

}  // namespace sep
