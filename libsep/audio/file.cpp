#include "libsep/audio/file.h"

#include <sndfile.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>
#include <regex>
#include <vector>

#include "libsep/audio/detail/mpeg.h"
#include "libsep/audio/detail/wav_input.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxChannels = 32;
constexpr int64_t kBlockSamples = 1 << 16;
// Lengths of this size stand for "unknown" in the headers of streams.
constexpr uint64_t kStreamedWavBytes = 0x7FFF0000;
constexpr sf_count_t kMaxSamples = sf_count_t{1} << 40;

struct CloseSndFile {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using SndFile = std::unique_ptr<SNDFILE, CloseSndFile>;

std::string library_reason(SNDFILE* file) {
  std::string text = sf_strerror(file);
  while (!text.empty() && (text.back() == '.' || text.back() == '\n')) {
    text.pop_back();
  }
  return text;
}

void check_is_file(const fs::path& path) {
  std::error_code code;
  const auto status = fs::status(path, code);
  SEP_CHECK(fs::exists(status), "{}: no such file", path.string());
  SEP_CHECK(!fs::is_directory(status), "{}: a folder, wanted an audio file", path.string());
  SEP_CHECK(fs::is_regular_file(status),
            "{}: a pipe or device, wanted an audio file",
            path.string());
}

// From `wav` where that is not null.
SndFile open_for_reading(const fs::path& path, WavInput* wav, SF_INFO& info) {
  SndFile file;
  if (wav != nullptr) {
    SF_VIRTUAL_IO io = wav->virtual_io();
    file.reset(sf_open_virtual(&io, SFM_READ, &info, wav));
    wav->show_all();
  } else {
    file.reset(sf_open(path.c_str(), SFM_READ, &info));
  }
  SEP_CHECK(file != nullptr,
            "{}: not an audio file that can be read ({})",
            path.string(),
            library_reason(nullptr));
  return file;
}

std::string format_name(SNDFILE* file, int format, int mask) {
  SF_FORMAT_INFO info{};
  info.format = format & mask;
  const bool known = sf_command(file, SFC_GET_FORMAT_INFO, &info, sizeof(info)) == 0;
  const char* name = mask == SF_FORMAT_TYPEMASK ? info.extension : info.name;
  return known && name != nullptr ? name : "unknown";
}

std::string sample_name(SNDFILE* file, int format) {
  switch (format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_S8:
    case SF_FORMAT_PCM_U8:
      return "8 bit";
    case SF_FORMAT_PCM_16:
      return "16 bit";
    case SF_FORMAT_PCM_24:
      return "24 bit";
    case SF_FORMAT_PCM_32:
      return "32 bit";
    case SF_FORMAT_FLOAT:
      return "32 bit float";
    case SF_FORMAT_DOUBLE:
      return "64 bit float";
    default:
      return format_name(file, format, SF_FORMAT_SUBMASK);
  }
}

bool is_mpeg(int format) {
  constexpr int kMpeg = 0x230000;  // SF_FORMAT_MPEG, which libsndfile has since 1.1
  return (format & SF_FORMAT_TYPEMASK) == kMpeg;
}

std::string describe_format(SNDFILE* file, int format) {
  if (is_mpeg(format)) return sample_name(file, format);  // its container is called M1A
  std::string container = format_name(file, format, SF_FORMAT_TYPEMASK);
  for (char& letter : container) {
    letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return container + ", " + sample_name(file, format);
}

// libsndfile shortens a cut file to what is there and says so in its log only, as
// "data : 100000 (should be 59956)"; of RF64 and W64 it checks the whole file's length.
void check_not_cut(SNDFILE* file, const fs::path& path) {
  std::string log(1 << 14, '\0');
  const int length =
      sf_command(file, SFC_GET_LOG_INFO, log.data(), static_cast<int>(log.size()));
  log.resize(static_cast<size_t>(std::max(length, 0)));
  static const std::regex pattern(
      R"((?:data|SSND|Data Size|Riff size|riff)\s*: (\d{1,19}) \(should be (\d{1,19})\))");
  std::smatch match;
  if (!std::regex_search(log, match, pattern)) {
    return;
  }
  const uint64_t said = std::stoull(match[1]);
  const uint64_t found = std::stoull(match[2]);
  SEP_CHECK(said <= found || said >= kStreamedWavBytes,
            "{}: cut short, its header says {} bytes of audio, it has {}",
            path.string(),
            said,
            found);
}

AudioInfo checked_info(SNDFILE* file, const SF_INFO& info, const fs::path& path) {
  const auto name = path.string();
  SEP_CHECK(info.channels >= 1 && info.channels <= kMaxChannels,
            "{}: {} channels, wanted 1 to {}",
            name,
            info.channels,
            kMaxChannels);
  SEP_CHECK(info.samplerate > 0, "{}: rate {} Hz, wanted above 0", name, info.samplerate);
  check_not_cut(file, path);
  SEP_CHECK(info.frames > 0, "{}: holds no samples", name);
  SEP_CHECK(info.frames < kMaxSamples, "{}: its header does not say how long it is", name);
  return {info.channels, info.frames, info.samplerate, describe_format(file, info.format)};
}

}  // namespace

struct AudioReader::State {
  fs::path path;
  SF_INFO sf_info{};
  std::unique_ptr<WavInput> wav;  // what `file` reads from where that is a WAV file
  SndFile file;
  std::optional<MpegFile> mpeg;  // reads in place of `file` where that is MPEG audio
  AudioInfo info;
  int64_t position = 0;
  std::vector<float> interleaved;

  explicit State(const fs::path& path_in) : path(path_in) {
    check_is_file(path);
    wav = WavInput::open(path);
    file = open_for_reading(path, wav.get(), sf_info);
    if (is_mpeg(sf_info.format)) {
      mpeg.emplace(path);
      sf_info.frames = mpeg->num_samples();
      sf_info.channels = static_cast<int>(mpeg->num_channels());
      sf_info.samplerate = static_cast<int>(mpeg->sample_rate());
    }
    info = checked_info(file.get(), sf_info, path);
  }

  void read_block(int64_t count);
  void append_to(std::vector<std::vector<float>>& channels) const;
};

void AudioReader::State::read_block(int64_t count) {
  interleaved.resize(static_cast<size_t>(count * info.num_channels));
  if (mpeg) {
    mpeg->read(interleaved.data(), count);
  } else {
    const auto found = sf_readf_float(file.get(), interleaved.data(), count);
    SEP_CHECK(found == count,
              "{}: cut short or damaged, its header says {} samples, {} can be read",
              path.string(),
              info.num_samples,
              position + std::max<int64_t>(found, 0));
  }
  const auto bad = std::find_if(interleaved.begin(), interleaved.end(), [](float value) {
    return !std::isfinite(value);
  });
  SEP_CHECK(bad == interleaved.end(),
            "{}: sample {} is not a finite number",
            path.string(),
            position + (bad - interleaved.begin()) / info.num_channels);
  position += count;
}

void AudioReader::State::append_to(std::vector<std::vector<float>>& channels) const {
  const size_t num_channels = channels.size();
  for (size_t c = 0; c < num_channels; ++c) {
    for (size_t i = c; i < interleaved.size(); i += num_channels) {
      channels[c].push_back(interleaved[i]);
    }
  }
}

AudioReader::AudioReader(const fs::path& path) : state_(std::make_unique<State>(path)) {}
AudioReader::~AudioReader() = default;
AudioReader::AudioReader(AudioReader&&) noexcept = default;
AudioReader& AudioReader::operator=(AudioReader&&) noexcept = default;

const AudioInfo& AudioReader::info() const { return state_->info; }

// Blocks, not one buffer of the header's length: a damaged header may say anything.
Signal AudioReader::read(int64_t max_samples) {
  SEP_CHECK(max_samples >= 0, "AudioReader::read of {} samples", max_samples);
  const auto& info = state_->info;
  std::vector<std::vector<float>> channels(static_cast<size_t>(info.num_channels));
  int64_t left = std::min(max_samples, info.num_samples - state_->position);
  while (left > 0) {
    const auto count = std::min(left, kBlockSamples);
    state_->read_block(count);
    state_->append_to(channels);
    left -= count;
  }
  Signal signal{info.num_channels, info.sample_rate, std::move(channels.front())};
  for (size_t c = 1; c < channels.size(); ++c) {
    signal.samples.insert(signal.samples.end(), channels[c].begin(), channels[c].end());
  }
  return signal;
}

AudioInfo read_audio_info(const fs::path& path) { return AudioReader(path).info(); }

Signal read_audio(const fs::path& path) {
  AudioReader reader(path);
  return reader.read(reader.info().num_samples);
}

}  // namespace sep
