#include "libsep/audio/file.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "libsep/audio/detail/decoder.h"
#include "libsep/audio/detail/interleave.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kBlockSamples = 1 << 16;

/// What `call` returns; an Error in it gets the path.
template <class Call>
auto with_path(const fs::path& path, const Call& call) {
  try {
    return call();
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", path.string(), error.what()));
  }
}

}  // namespace

struct AudioReader::State {
  fs::path path;
  std::unique_ptr<Decoder> decoder;
  int64_t position = 0;
  std::vector<float> interleaved;

  explicit State(const fs::path& path_in) : path(path_in) {
    auto source = std::make_unique<FileSource>(path);
    decoder = with_path(path, [&] { return make_decoder(std::move(source)); });
  }

  void read_block(int64_t count);
};

void AudioReader::State::read_block(int64_t count) {
  const auto num_channels = decoder->info().num_channels;
  interleaved.resize(static_cast<size_t>(count * num_channels));
  with_path(path, [&] { decoder->read(interleaved.data(), count); });
  const auto bad = std::find_if(interleaved.begin(), interleaved.end(), [](float value) {
    return !std::isfinite(value);
  });
  SEP_CHECK(bad == interleaved.end(),
            "{}: sample {} is not a finite number",
            path.string(),
            position + (bad - interleaved.begin()) / num_channels);
  position += count;
}

AudioReader::AudioReader(const fs::path& path) : state_(std::make_unique<State>(path)) {}
AudioReader::~AudioReader() = default;
AudioReader::AudioReader(AudioReader&&) noexcept = default;
AudioReader& AudioReader::operator=(AudioReader&&) noexcept = default;

const AudioInfo& AudioReader::info() const { return state_->decoder->info(); }

// Blocks, not one buffer of the header's length: a damaged header may say anything.
Signal AudioReader::read(int64_t max_samples) {
  SEP_CHECK(max_samples >= 0, "AudioReader::read of {} samples", max_samples);
  std::vector<std::vector<float>> channels(static_cast<size_t>(info().num_channels));
  int64_t left = std::min(max_samples, info().num_samples - state_->position);
  while (left > 0) {
    const auto count = std::min(left, kBlockSamples);
    state_->read_block(count);
    append_deinterleaved(state_->interleaved, channels);
    left -= count;
  }
  return join_channels(channels, info().sample_rate);
}

bool AudioReader::can_seek() const { return state_->decoder->can_seek(); }

void AudioReader::seek(int64_t sample) {
  const auto& path = state_->path;
  SEP_CHECK(sample >= 0 && sample <= info().num_samples,
            "{}: no sample {} of {}",
            path.string(),
            sample,
            info().num_samples);
  with_path(path, [&] { state_->decoder->seek(sample); });
  state_->position = sample;
}

AudioInfo read_audio_info(const fs::path& path) { return AudioReader(path).info(); }

Signal read_audio(const fs::path& path) {
  AudioReader reader(path);
  return reader.read(reader.info().num_samples);
}

}  // namespace sep
