#include "libsep/audio/detail/mpeg_decoder.h"

#include <mpg123.h>
#include <sys/types.h>

#include <algorithm>

#include "libsep/audio/detail/kept_exception.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

struct DeleteHandle {
  void operator()(mpg123_handle* handle) const { mpg123_delete(handle); }
};
using Handle = std::unique_ptr<mpg123_handle, DeleteHandle>;

// What libmpg123 reads from. What the source throws passes around libmpg123.
struct Input {
  const ByteSource& source;
  int64_t begin;
  int64_t size;
  int64_t position = 0;
  KeptException kept = {};

  static ssize_t read(void* handle, void* bytes, size_t count) {
    auto& input = *static_cast<Input*>(handle);
    const auto left = std::max<int64_t>(input.size - input.position, 0);
    const auto wanted = std::min(static_cast<int64_t>(count), left);
    const auto found = input.kept.run(
        [&] {
          const auto place = input.begin + input.position;
          return input.source.read_at(place, static_cast<char*>(bytes), wanted);
        },
        int64_t{-1});
    input.position += std::max<int64_t>(found, 0);
    return found;
  }

  static off_t seek(void* handle, off_t offset, int whence) {
    auto& input = *static_cast<Input*>(handle);
    if (whence == SEEK_CUR) offset += input.position;
    if (whence == SEEK_END) offset += input.size;
    if (offset < 0) return -1;
    return input.position = offset;
  }
};

// An open decoder.
struct Stream {
  Input input;
  Handle handle;

  Stream(const Input& input_in, long flags);
  int64_t count_frames();
  [[noreturn]] void fail(const std::string& problem);
};

Stream::Stream(const Input& input_in, long flags) : input(input_in) {
  int code = mpg123_init();  // does nothing since 1.27, older ones need it
  handle.reset(code == MPG123_OK ? mpg123_new(nullptr, &code) : nullptr);
  if (handle == nullptr) {
    throw Failure(std::string("libmpg123: ") + mpg123_plain_strerror(code));
  }
  const long all_flags = MPG123_QUIET | MPG123_FORCE_FLOAT | flags;
  mpg123_param(handle.get(), MPG123_ADD_FLAGS, all_flags, 0.0);
  // Without this it gives up after 1 KB of anything that is no frame.
  mpg123_param(handle.get(), MPG123_RESYNC_LIMIT, -1, 0.0);
  mpg123_replace_reader_handle(handle.get(), Input::read, Input::seek, nullptr);
  if (mpg123_open_handle(handle.get(), &input) != MPG123_OK) {
    fail("not MPEG audio that can be read");
  }
}

void Stream::fail(const std::string& problem) {
  input.kept.rethrow();
  throw Error(fmt::format("{} ({})", problem, mpg123_strerror(handle.get())));
}

int64_t Stream::count_frames() {
  if (mpg123_scan(handle.get()) != MPG123_OK) fail("damaged");
  input.kept.rethrow();
  return mpg123_framelength(handle.get());
}

// A first frame without sound that says how many follow: decoded as sound, it is one more.
bool has_info_frame(const Input& input, int64_t num_frames) {
  Stream stream({input.source, input.begin, input.size}, MPG123_IGNORE_INFOFRAME);
  return stream.count_frames() > num_frames;
}

}  // namespace

struct MpegDecoder::State {
  Stream stream;
  int64_t position = 0;
  long sample_rate = 0;
  int num_channels = 0;
  int64_t num_samples = 0;

  explicit State(const Input& input) : stream(input, 0) {}
};

MpegDecoder::MpegDecoder(const ByteSource& source, int64_t begin, int64_t size)
    : state_(std::make_unique<State>(Input{source, begin, size})) {
  auto& stream = state_->stream;
  auto* handle = stream.handle.get();
  int encoding = 0;
  const int code =
      mpg123_getformat(handle, &state_->sample_rate, &state_->num_channels, &encoding);
  if (code != MPG123_OK || encoding != MPG123_ENC_FLOAT_32) {
    stream.fail("not MPEG audio that can be read");
  }
  const int64_t said = mpg123_framelength(handle);  // a guess without an info frame
  const int64_t found = stream.count_frames();
  SEP_CHECK(found >= said || !has_info_frame(stream.input, found),
            "cut short, its header says {} frames, it has {}",
            said,
            found);
  state_->num_samples = mpg123_length(handle);
}

MpegDecoder::~MpegDecoder() = default;

int64_t MpegDecoder::num_channels() const { return state_->num_channels; }
int64_t MpegDecoder::num_samples() const { return state_->num_samples; }
int64_t MpegDecoder::sample_rate() const { return state_->sample_rate; }

std::string MpegDecoder::layer() const {
  mpg123_frameinfo info{};
  mpg123_info(state_->stream.handle.get(), &info);
  return "MPEG Layer " +
         std::string(static_cast<size_t>(std::clamp(info.layer, 1, 3)), 'I');
}

void MpegDecoder::read(float* interleaved, int64_t count) {
  auto& stream = state_->stream;
  const auto sample_bytes = sizeof(float) * static_cast<size_t>(state_->num_channels);
  size_t bytes = 0;
  const int code = mpg123_read(
      stream.handle.get(), interleaved, static_cast<size_t>(count) * sample_bytes, &bytes);
  stream.input.kept.rethrow();
  const auto found = static_cast<int64_t>(bytes / sample_bytes);
  SEP_CHECK(found == count,
            "{}, {} of {} samples can be read",
            code == MPG123_NEW_FORMAT ? "changes its rate or channels" : "damaged",
            state_->position + found,
            state_->num_samples);
  state_->position += count;
}

}  // namespace sep
