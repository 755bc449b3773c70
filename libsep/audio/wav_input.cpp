#include "libsep/audio/wav_input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

namespace sep {
namespace {

constexpr int64_t kTagSize = 4;
constexpr std::string_view kHidden = "JUNK";

bool is_list(std::string_view tag) { return tag == "LIST" || tag == "INFO"; }

}  // namespace

std::unique_ptr<WavInput> WavInput::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  std::unique_ptr<WavInput> file(new WavInput(descriptor));
  return file->find_wav() ? std::move(file) : nullptr;
}

WavInput::~WavInput() { ::close(descriptor_); }

SF_VIRTUAL_IO WavInput::virtual_io() const { return {length, seek, read, write, position}; }

bool WavInput::find_wav() {
  while (true) {
    std::array<char, 12> head{};
    if (read_at(0, head.data(), head.size()) != head.size()) return false;
    const std::string_view text(head.data(), head.size());
    const auto form = text.substr(0, kTagSize);
    if (form == "RIFF" || form == "RIFX" || form == "RF64") {
      return text.substr(8) == "WAVE";
    }
    if (text.substr(0, 3) != "ID3") return false;
    int64_t tag_size = 0;  // four digits of seven bits; without these ten bytes
    for (size_t i = 6; i < 10; ++i) tag_size = tag_size << 7 | (head[i] & 0x7F);
    begin_ += 10 + tag_size;
  }
}

int64_t WavInput::read_at(int64_t position, char* bytes, int64_t count) const {
  int64_t done = 0;
  while (done < count) {
    const auto read = ::pread(descriptor_,
                              bytes + done,
                              static_cast<size_t>(count - done),
                              begin_ + position + done);
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) break;
    done += read;
  }
  return done;
}

// In pieces that see the bytes around them, so that a name cut by the edge of what was
// asked for is hidden like one in its middle.
int64_t WavInput::read_hiding(int64_t position, char* bytes, int64_t count) const {
  constexpr int64_t kAround = kTagSize - 1;
  std::array<char, 4096> piece{};
  const auto max_size = static_cast<int64_t>(piece.size()) - 2 * kAround;
  int64_t done = 0;
  while (done < count) {
    const int64_t begin = position + done;
    const int64_t before = std::min(begin, kAround);
    const int64_t wanted = std::min(count - done, max_size);
    const int64_t found = read_at(begin - before, piece.data(), before + wanted + kAround);
    for (int64_t i = 0; i + kTagSize <= found; ++i) {
      if (is_list({piece.data() + i, kTagSize})) {
        std::copy(kHidden.begin(), kHidden.end(), piece.begin() + i);
      }
    }
    const int64_t size = std::clamp(found - before, int64_t{0}, wanted);
    std::copy_n(piece.begin() + before, size, bytes + done);
    done += size;
    if (size < wanted) break;
  }
  return done;
}

sf_count_t WavInput::length(void* file) {
  const auto* input = static_cast<WavInput*>(file);
  struct stat status {};
  if (::fstat(input->descriptor_, &status) != 0) return -1;
  return status.st_size - input->begin_;
}

sf_count_t WavInput::seek(sf_count_t offset, int whence, void* file) {
  auto* input = static_cast<WavInput*>(file);
  if (whence == SEEK_CUR) offset += input->position_;
  if (whence == SEEK_END) offset += length(file);
  if (offset < 0) return -1;
  // So libsndfile goes to the first block of samples, which some decoders read at once.
  input->at_samples_ = whence == SEEK_SET && offset > 0;
  return input->position_ = offset;
}

sf_count_t WavInput::read(void* bytes, sf_count_t count, void* file) {
  auto* input = static_cast<WavInput*>(file);
  auto* begin = static_cast<char*>(bytes);
  const bool hide = input->hide_lists_ && !std::exchange(input->at_samples_, false);
  const auto read = hide ? input->read_hiding(input->position_, begin, count)
                         : input->read_at(input->position_, begin, count);
  input->position_ += read;
  return read;
}

sf_count_t WavInput::write(const void* /*bytes*/, sf_count_t /*count*/, void* /*file*/) {
  return 0;
}

sf_count_t WavInput::position(void* file) {
  return static_cast<WavInput*>(file)->position_;
}

}  // namespace sep
