#include "libsep/audio/opus.h"

#include <sndfile.h>

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

#include "libsep/audio/resample.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr int kOpusRate = 48000;

SF_INFO opus_info(int num_channels) {
  SF_INFO info{};
  info.channels = num_channels;
  info.samplerate = kOpusRate;
  info.format = SF_FORMAT_OGG | SF_FORMAT_OPUS;
  return info;
}

/// A file in memory for libsndfile.
struct MemoryFile {
  std::string bytes;
  size_t place = 0;

  static MemoryFile& of(void* data) { return *static_cast<MemoryFile*>(data); }
  static sf_count_t length(void* data) {
    return static_cast<sf_count_t>(of(data).bytes.size());
  }
  static sf_count_t tell(void* data) { return static_cast<sf_count_t>(of(data).place); }
  static sf_count_t seek(sf_count_t offset, int whence, void* data) {
    auto& file = of(data);
    const auto base = whence == SEEK_SET   ? sf_count_t{0}
                      : whence == SEEK_CUR ? tell(data)
                                           : length(data);
    file.place =
        static_cast<size_t>(std::clamp(base + offset, sf_count_t{0}, length(data)));
    return tell(data);
  }
  static sf_count_t read(void* to, sf_count_t count, void* data) {
    auto& file = of(data);
    const auto length =
        std::min(static_cast<size_t>(count), file.bytes.size() - file.place);
    std::copy_n(file.bytes.data() + file.place, length, static_cast<char*>(to));
    file.place += length;
    return static_cast<sf_count_t>(length);
  }
  static sf_count_t write(const void* from, sf_count_t count, void* data) {
    auto& file = of(data);
    const auto length = static_cast<size_t>(count);
    if (file.bytes.size() < file.place + length) file.bytes.resize(file.place + length);
    std::copy_n(static_cast<const char*>(from), length, file.bytes.data() + file.place);
    file.place += length;
    return count;
  }
};

}  // namespace

bool has_opus() {
  const auto info = opus_info(1);
  return sf_format_check(&info) != 0;
}

struct OpusEncoder::State {
  State(int64_t channels_in, int64_t sample_rate)
      : num_channels(channels_in),
        resampler(channels_in <= 2 ? channels_in : 1, sample_rate, kOpusRate) {}
  ~State() {
    if (file != nullptr) sf_close(file);
  }

  void open();
  void write(const Signal& signal);

  int64_t num_channels;
  Resampler resampler;
  MemoryFile memory;
  SNDFILE* file = nullptr;
  int64_t num_written = 0;
};

void OpusEncoder::State::open() {
  const int channels = num_channels == 2 ? 2 : 1;
  auto info = opus_info(channels);
  SF_VIRTUAL_IO io = {MemoryFile::length,
                      MemoryFile::seek,
                      MemoryFile::read,
                      MemoryFile::write,
                      MemoryFile::tell};
  file = sf_open_virtual(&io, SFM_WRITE, &info, &memory);
  if (file == nullptr) {
    throw Failure(fmt::format("cannot encode Ogg Opus ({})", sf_strerror(nullptr)));
  }
  // libsndfile: level 0 is 256 kbit/s a channel, level 1 is 6.
  double level = channels == 2 ? 0.8 : 0.704;
  sf_command(file, SFC_SET_COMPRESSION_LEVEL, &level, sizeof(level));
}

void OpusEncoder::State::write(const Signal& signal) {
  std::vector<float> interleaved(signal.samples.size());
  for (int64_t c = 0; c < signal.num_channels; ++c) {
    for (int64_t n = 0; n < signal.num_samples(); ++n) {
      interleaved[static_cast<size_t>(n * signal.num_channels + c)] = signal.channel(c)[n];
    }
  }
  const auto count = signal.num_samples();
  if (sf_writef_float(file, interleaved.data(), count) != count) {
    throw Failure(fmt::format("cannot encode Ogg Opus ({})", sf_strerror(file)));
  }
  num_written += count;
}

OpusEncoder::OpusEncoder(int64_t num_channels, int64_t sample_rate) {
  SEP_CHECK(num_channels >= 1, "{} channels: wants at least 1", num_channels);
  state_ = std::make_unique<State>(num_channels, sample_rate);
  state_->open();
}

OpusEncoder::~OpusEncoder() = default;
OpusEncoder::OpusEncoder(OpusEncoder&&) noexcept = default;
OpusEncoder& OpusEncoder::operator=(OpusEncoder&&) noexcept = default;

void OpusEncoder::add(const Signal& signal) {
  auto& state = *state_;
  SEP_CHECK(state.file != nullptr, "OpusEncoder::add after finish");
  SEP_CHECK(signal.num_channels == state.num_channels,
            "{} channels, wanted {}",
            signal.num_channels,
            state.num_channels);
  if (state.num_channels <= 2) return state.write(state.resampler.process(signal));
  auto mean = make_silence(1, signal.num_samples(), signal.sample_rate);
  for (int64_t c = 0; c < signal.num_channels; ++c) {
    for (int64_t n = 0; n < signal.num_samples(); ++n) {
      mean.samples[static_cast<size_t>(n)] +=
          signal.channel(c)[n] / static_cast<float>(signal.num_channels);
    }
  }
  state.write(state.resampler.process(mean));
}

std::string OpusEncoder::finish() {
  auto& state = *state_;
  SEP_CHECK(state.file != nullptr, "OpusEncoder::finish twice");
  state.write(state.resampler.finish());
  SEP_CHECK(state.num_written > 0, "no samples to encode");
  sf_close(std::exchange(state.file, nullptr));
  return std::move(state.memory.bytes);
}

}  // namespace sep
