#include "libsep/audio/detail/mpeg.h"

#include <mpg123.h>

#include "libsep/core/error.h"
#include "libsep/core/file_system.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

struct DeleteHandle {
  void operator()(mpg123_handle* handle) const { mpg123_delete(handle); }
};
using Handle = std::unique_ptr<mpg123_handle, DeleteHandle>;

Handle open_mpeg(const fs::path& path, long flags) {
  // Opening something else than a file could wait for ever.
  SEP_CHECK(is_file(path), "{}: wanted a file for MPEG audio", path.string());
  int code = mpg123_init();  // does nothing since 1.27, older ones need it
  Handle handle(code == MPG123_OK ? mpg123_new(nullptr, &code) : nullptr);
  if (handle == nullptr) {
    throw Failure(std::string("libmpg123: ") + mpg123_plain_strerror(code));
  }
  const long all_flags = MPG123_QUIET | MPG123_FORCE_FLOAT | flags;
  mpg123_param(handle.get(), MPG123_ADD_FLAGS, all_flags, 0.0);
  // Without this it gives up after 1 KB of anything that is no frame.
  mpg123_param(handle.get(), MPG123_RESYNC_LIMIT, -1, 0.0);
  SEP_CHECK(mpg123_open(handle.get(), path.c_str()) == MPG123_OK,
            "{}: not MPEG audio that can be read ({})",
            path.string(),
            mpg123_strerror(handle.get()));
  return handle;
}

int64_t scanned_frames(mpg123_handle* handle, const fs::path& path) {
  SEP_CHECK(mpg123_scan(handle) == MPG123_OK,
            "{}: damaged ({})",
            path.string(),
            mpg123_strerror(handle));
  return mpg123_framelength(handle);
}

// A first frame without sound that says how many follow: decoded as sound, it is one more.
bool has_info_frame(const fs::path& path, int64_t num_frames) {
  const auto handle = open_mpeg(path, MPG123_IGNORE_INFOFRAME);
  return scanned_frames(handle.get(), path) > num_frames;
}

}  // namespace

struct MpegFile::State {
  fs::path path;
  int64_t position = 0;
  Handle handle;
  long sample_rate = 0;
  int num_channels = 0;
  int64_t num_samples = 0;
};

MpegFile::MpegFile(const fs::path& path) : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->handle = open_mpeg(path, 0);
  auto* handle = state_->handle.get();
  int encoding = 0;
  SEP_CHECK(
      mpg123_getformat(handle, &state_->sample_rate, &state_->num_channels, &encoding) ==
              MPG123_OK &&
          encoding == MPG123_ENC_FLOAT_32,
      "{}: not MPEG audio that can be read ({})",
      path.string(),
      mpg123_strerror(handle));
  const int64_t said = mpg123_framelength(handle);  // a guess without an info frame
  const int64_t found = scanned_frames(handle, path);
  SEP_CHECK(found >= said || !has_info_frame(path, found),
            "{}: cut short, its header says {} frames, it has {}",
            path.string(),
            said,
            found);
  state_->num_samples = mpg123_length(handle);
}

MpegFile::~MpegFile() = default;

int64_t MpegFile::num_channels() const { return state_->num_channels; }
int64_t MpegFile::num_samples() const { return state_->num_samples; }
int64_t MpegFile::sample_rate() const { return state_->sample_rate; }

void MpegFile::read(float* interleaved, int64_t count) {
  const auto sample_bytes = sizeof(float) * static_cast<size_t>(state_->num_channels);
  size_t bytes = 0;
  const int code = mpg123_read(
      state_->handle.get(), interleaved, static_cast<size_t>(count) * sample_bytes, &bytes);
  const auto found = static_cast<int64_t>(bytes / sample_bytes);
  SEP_CHECK(found == count,
            "{}: {}, {} of {} samples can be read",
            state_->path.string(),
            code == MPG123_NEW_FORMAT ? "changes its rate or channels" : "damaged",
            state_->position + found,
            state_->num_samples);
  state_->position += count;
}

}  // namespace sep
