#include "libsep/audio/detail/decoder.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>
#include <vector>

#include "libsep/audio/detail/container.h"
#include "libsep/audio/detail/mpeg_decoder.h"
#include "libsep/audio/detail/sound_input.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr int64_t kMaxChannels = 32;
// libsndfile says so, or more, of a file whose header does not say its length.
constexpr int64_t kMaxSamples = int64_t{1} << 40;

std::string format_name(int format, int mask) {
  SF_FORMAT_INFO info{};
  info.format = format & mask;
  const bool known = sf_command(nullptr, SFC_GET_FORMAT_INFO, &info, sizeof(info)) == 0;
  const char* name = mask == SF_FORMAT_TYPEMASK ? info.extension : info.name;
  return known && name != nullptr ? name : "unknown";
}

std::string sample_name(int format) {
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
      return format_name(format, SF_FORMAT_SUBMASK);
  }
}

bool has_samples_of_one_size(int format) {
  switch (format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_S8:
    case SF_FORMAT_PCM_U8:
    case SF_FORMAT_PCM_16:
    case SF_FORMAT_PCM_24:
    case SF_FORMAT_PCM_32:
    case SF_FORMAT_FLOAT:
    case SF_FORMAT_DOUBLE:
      return true;
    default:
      return false;
  }
}

std::string describe_format(std::string container, int format) {
  if (container.empty()) container = format_name(format, SF_FORMAT_TYPEMASK);
  for (char& letter : container) {
    letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return container + ", " + sample_name(format);
}

void check(const AudioInfo& info) {
  SEP_CHECK(info.num_channels >= 1 && info.num_channels <= kMaxChannels,
            "{} channels, wanted 1 to {}",
            info.num_channels,
            kMaxChannels);
  SEP_CHECK(info.sample_rate > 0, "rate {} Hz, wanted above 0", info.sample_rate);
  SEP_CHECK(info.num_samples > 0, "holds no samples");
  SEP_CHECK(info.num_samples < kMaxSamples, "its header does not say how long it is");
}

/// The parts of a file one after the other, the one that is read open.
class SndFileDecoder : public Decoder {
 public:
  SndFileDecoder(std::unique_ptr<ByteSource> source, Container container);
  void read(float* interleaved, int64_t count) override;
  bool can_seek() const override;
  void seek(int64_t sample) override;

 private:
  void open(size_t part);
  void add_part(size_t part);
  void check_end() const;

  std::unique_ptr<ByteSource> source_;
  Container container_;
  std::optional<SoundInput> input_;
  size_t part_ = 0;
  int64_t position_ = 0;       // in the file
  int64_t part_position_ = 0;  // in the part
};

SndFileDecoder::SndFileDecoder(std::unique_ptr<ByteSource> source, Container container)
    : source_(std::move(source)), container_(std::move(container)) {
  for (size_t part = 0; part < container_.parts.size(); ++part) {
    open(part);
    add_part(part);
  }
  if (container_.parts.size() > 1) open(0);
}

void SndFileDecoder::open(size_t part) {
  part_ = part;
  part_position_ = 0;
  try {
    input_.emplace(*source_, container_.parts[part]);
  } catch (const Error& reason) {
    throw Error(fmt::format("not an audio file that can be read ({})", reason.what()));
  }
}

void SndFileDecoder::add_part(size_t part) {
  const auto& found = input_->info();
  const AudioInfo info{found.channels,
                       found.frames,
                       found.samplerate,
                       describe_format(container_.name, found.format)};
  check(info);
  if (part == 0) {
    info_ = info;
    return;
  }
  SEP_CHECK(
      info.num_channels == info_.num_channels && info.sample_rate == info_.sample_rate,
      "changes from {} channels at {} Hz to {} at {} Hz at byte {}",
      info_.num_channels,
      info_.sample_rate,
      info.num_channels,
      info.sample_rate,
      container_.parts[part].begin);
  info_.num_samples += info.num_samples;
}

void SndFileDecoder::read(float* interleaved, int64_t count) {
  while (count > 0) {
    if (part_position_ == input_->info().frames) open(part_ + 1);
    const auto wanted = std::min(count, input_->info().frames - part_position_);
    const auto found = input_->read(interleaved, wanted);
    SEP_CHECK(found == wanted,
              "cut short or damaged, its header says {} samples, {} can be read",
              info_.num_samples,
              position_ + found);
    interleaved += found * info_.num_channels;
    part_position_ += found;
    position_ += found;
    count -= found;
  }
  if (position_ == info_.num_samples) check_end();
}

// What is coded in blocks that lean on those before, as ADPCM, GSM or Vorbis, may come out
// otherwise behind a jump.
bool SndFileDecoder::can_seek() const {
  const int format = input_->info().format;
  const bool is_flac = (format & SF_FORMAT_TYPEMASK) == SF_FORMAT_FLAC;
  return container_.parts.size() == 1 && input_->info().seekable != 0 &&
         (is_flac || has_samples_of_one_size(format));
}

void SndFileDecoder::seek(int64_t sample) {
  if (!can_seek()) return Decoder::seek(sample);
  SEP_CHECK(input_->seek(sample), "sample {} cannot be found", sample);
  position_ = part_position_ = sample;
}

// Of files appended to each other libFLAC reads the first. The place of the second is as
// far behind the last sample as libFLAC reads ahead.
void SndFileDecoder::check_end() const {
  if ((input_->info().format & SF_FORMAT_TYPEMASK) != SF_FORMAT_FLAC) return;
  constexpr int64_t kAround = 1 << 18;
  const std::string head =
      std::string("fLaC\0\0\0\x22", 8);  // and a first block of 34 bytes
  const auto& view = container_.parts[part_];
  const auto begin =
      std::max<int64_t>(view.begin + input_->position() - kAround, view.begin + 4);
  const auto place = read_text(*source_, begin, 2 * kAround).find(head);
  SEP_CHECK(place == std::string::npos,
            "another FLAC file is appended at byte {}; separate them",
            begin + static_cast<int64_t>(place));
}

class MpegFileDecoder : public Decoder {
 public:
  MpegFileDecoder(std::unique_ptr<ByteSource> source, const Container& container)
      : source_(std::move(source)),
        mpeg_(*source_, container.parts[0].begin, container.parts[0].size) {
    const auto prefix = container.name.empty() ? "" : container.name + ", ";
    info_ = {mpeg_.num_channels(),
             mpeg_.num_samples(),
             mpeg_.sample_rate(),
             prefix + mpeg_.layer()};
    check(info_);
  }
  void read(float* interleaved, int64_t count) override { mpeg_.read(interleaved, count); }

 private:
  std::unique_ptr<ByteSource> source_;
  MpegDecoder mpeg_;
};

}  // namespace

void Decoder::seek(int64_t sample) {
  throw Error(fmt::format("sample {} is only found by reading up to it", sample));
}

std::unique_ptr<Decoder> make_decoder(std::unique_ptr<ByteSource> source) {
  auto container = read_container(*source);
  if (container.codec == Container::Codec::kMpeg) {
    return std::make_unique<MpegFileDecoder>(std::move(source), container);
  }
  return std::make_unique<SndFileDecoder>(std::move(source), std::move(container));
}

}  // namespace sep
