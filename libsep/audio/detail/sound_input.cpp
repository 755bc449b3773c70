#include "libsep/audio/detail/sound_input.h"

#include <algorithm>
#include <utility>

#include "libsep/core/error.h"

namespace sep {

std::string sndfile_reason(SNDFILE* file) {
  std::string text = sf_strerror(file);
  while (!text.empty() && (text.back() == '.' || text.back() == '\n')) text.pop_back();
  return one_line(text);
}

SoundInput::SoundInput(const ByteSource& source, SoundView view)
    : source_(source), view_(std::move(view)) {
  SF_VIRTUAL_IO io = {length, seek_bytes, read_bytes, write, tell};
  file_.reset(sf_open_virtual(&io, SFM_READ, &info_, this));
  kept_.rethrow();
  if (file_ == nullptr) throw Error(sndfile_reason(nullptr));
}

int64_t SoundInput::read(float* interleaved, int64_t count) {
  const auto found = sf_readf_float(file_.get(), interleaved, count);
  kept_.rethrow();
  return std::max<int64_t>(found, 0);
}

bool SoundInput::seek(int64_t sample) {
  const auto found = sf_seek(file_.get(), sample, SEEK_SET);
  kept_.rethrow();
  return found == sample;
}

int64_t SoundInput::read_view(char* bytes, int64_t count) {
  const auto head_size = static_cast<int64_t>(view_.head.size());
  const auto end = std::min(position_ + count, view_.length());
  int64_t done = 0;
  if (position_ < head_size) {
    done = std::min(end, head_size) - position_;
    std::copy_n(view_.head.data() + position_, done, bytes);
  }
  const auto place = position_ + done;
  if (place < end) {
    const auto from = view_.begin + (place - head_size);
    done += source_.read_at(from, bytes + done, end - place);
  }
  position_ += done;
  return done;
}

sf_count_t SoundInput::length(void* input) {
  return static_cast<SoundInput*>(input)->view_.length();
}

// As of a file: to a place beyond the end, too.
sf_count_t SoundInput::seek_bytes(sf_count_t offset, int whence, void* input) {
  auto& self = *static_cast<SoundInput*>(input);
  if (whence == SEEK_CUR) offset += self.position_;
  if (whence == SEEK_END) offset += self.view_.length();
  if (offset < 0) return -1;
  return self.position_ = offset;
}

sf_count_t SoundInput::read_bytes(void* bytes, sf_count_t count, void* input) {
  auto& self = *static_cast<SoundInput*>(input);
  if (count <= 0 || self.position_ >= self.view_.length()) return 0;
  return self.kept_.run([&] { return self.read_view(static_cast<char*>(bytes), count); },
                        int64_t{0});
}

sf_count_t SoundInput::write(const void* /*bytes*/, sf_count_t /*count*/, void* /*input*/) {
  return 0;
}

sf_count_t SoundInput::tell(void* input) {
  return static_cast<SoundInput*>(input)->position_;
}

}  // namespace sep
