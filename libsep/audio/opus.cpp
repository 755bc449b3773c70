#include "libsep/audio/opus.h"

#include <sndfile.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "libsep/audio/detail/interleave.h"
#include "libsep/audio/detail/kept_exception.h"
#include "libsep/audio/detail/ogg_page.h"
#include "libsep/audio/detail/sound_input.h"
#include "libsep/audio/resample.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr int kOpusRate = 48000;
// libsndfile draws one by the time of day: other bytes each time.
constexpr uint32_t kSerial = 1;

SF_INFO opus_info(int num_channels) {
  SF_INFO info{};
  info.channels = num_channels;
  info.samplerate = kOpusRate;
  info.format = SF_FORMAT_OGG | SF_FORMAT_OPUS;
  return info;
}

/// A file in memory for libsndfile to write. Where there is no memory, that passes around
/// libsndfile.
struct MemoryFile {
  std::string bytes;
  size_t place = 0;
  KeptException kept;

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
  static sf_count_t read(void* /*to*/, sf_count_t /*count*/, void* /*data*/) { return 0; }
  static sf_count_t write(const void* from, sf_count_t count, void* data) {
    auto& file = of(data);
    return file.kept.run(
        [&] {
          const auto* begin = static_cast<const char*>(from);
          const auto length = static_cast<size_t>(count);
          file.bytes.replace(file.place, length, begin, length);
          file.place += length;
          return count;
        },
        sf_count_t{0});
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
  void open();
  void check(bool done);
  void write(const Signal& signal);

  int64_t num_channels;
  Resampler resampler;
  MemoryFile memory;
  SndFile file;
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
  file.reset(sf_open_virtual(&io, SFM_WRITE, &info, &memory));
  check(file != nullptr);
  // libsndfile: level 0 is 256 kbit/s a channel, level 1 is 6.
  double level = channels == 2 ? 0.8 : 0.704;
  sf_command(file.get(), SFC_SET_COMPRESSION_LEVEL, &level, sizeof(level));
}

void OpusEncoder::State::check(bool done) {
  memory.kept.rethrow();
  if (done) return;
  throw Failure(fmt::format("cannot encode Ogg Opus ({})", sndfile_reason(file.get())));
}

void OpusEncoder::State::write(const Signal& signal) {
  const auto count = signal.num_samples();
  const auto samples = interleaved(signal, 0, count);
  check(sf_writef_float(file.get(), samples.data(), count) == count);
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
  state.check(sf_close(state.file.release()) == SF_ERR_NO_ERROR);
  set_ogg_serial(state.memory.bytes, kSerial);
  return std::move(state.memory.bytes);
}

}  // namespace sep
