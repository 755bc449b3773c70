#include "libsep/audio/detail/wav_input.h"

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

using Tag = std::array<char, kTagSize>;

std::string_view text_of(const Tag& tag) { return {tag.data(), tag.size()}; }

bool is_list(std::string_view tag) { return tag == "LIST" || tag == "INFO"; }

bool is_name(std::string_view tag) {
  return std::all_of(tag.begin(), tag.end(), [](char c) { return ' ' <= c && c <= '~'; });
}

uint32_t decode(const char* bytes, bool big_endian) {
  uint32_t number = 0;
  for (int i = 0; i < 4; ++i) {
    number = number << 8 | static_cast<unsigned char>(bytes[big_endian ? i : 3 - i]);
  }
  return number;
}

void encode(uint32_t number, bool big_endian, char* bytes) {
  for (int i = 0; i < 4; ++i) {
    bytes[big_endian ? 3 - i : i] = static_cast<char>(number >> 8 * i & 0xFF);
  }
}

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
      big_endian_ = form == "RIFX";
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

bool WavInput::read_number(int64_t position, uint32_t& number) const {
  Tag bytes{};
  if (read_at(position, bytes.data(), kTagSize) != kTagSize) return false;
  number = decode(bytes.data(), big_endian_);
  return true;
}

/// `length`, of the list whose contents begin at `position`, or that up to the samples.
/// Names without a length, INFO and adtl, stand before the parts.
uint32_t WavInput::list_length(int64_t position, uint32_t length) const {
  const int64_t end = position + length;
  Tag tag{};
  uint32_t part_length = 0;
  for (int64_t part = position; part < end && list_parts_left_ > 0;) {
    --list_parts_left_;
    if (read_at(part, tag.data(), kTagSize) != kTagSize) break;
    if (text_of(tag) == "data") return static_cast<uint32_t>(part - position);
    part += kTagSize;
    if (text_of(tag) == "INFO" || text_of(tag) == "adtl") continue;
    if (!is_name(text_of(tag)) || !read_number(part, part_length)) break;
    part += kTagSize + part_length + part_length % 2;
  }
  return length;
}

/// `bytes`, four that stand at `position`, where they are the length of a chunk: they
/// stand after a name, other than the file's own.
void WavInput::bound_length(int64_t position, char* bytes) const {
  Tag tag{};
  if (position <= 2 * kTagSize) return;
  if (read_at(position - kTagSize, tag.data(), kTagSize) != kTagSize) return;
  if (!is_name(text_of(tag)) || text_of(tag) == "data") return;
  auto length = decode(bytes, big_endian_);
  if (is_list(text_of(tag))) length = list_length(position + kTagSize, length);
  encode(std::min(length, uint32_t{INT32_MAX}), big_endian_, bytes);
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
  // libsndfile reads the fields of a header one by one.
  if (hide && read == kTagSize) input->bound_length(input->position_, begin);
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
