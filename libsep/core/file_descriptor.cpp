#include "libsep/core/file_descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace sep {
namespace {

constexpr int64_t kMaxPart = int64_t{1} << 30;

// transfer(done) reads or writes what is left after `done` bytes.
template <class Transfer>
int64_t repeat(int64_t count, const Transfer& transfer) {
  int64_t done = 0;
  while (done < count) {
    const ssize_t part = transfer(done);
    if (part < 0 && errno == EINTR) continue;
    if (part < 0) return -1;
    if (part == 0) break;
    done += part;
  }
  return done;
}

size_t part_size(int64_t left) { return static_cast<size_t>(std::min(left, kMaxPart)); }

}  // namespace

FileDescriptor::FileDescriptor(const std::filesystem::path& path, int flags, mode_t mode)
    : value_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}

FileDescriptor::~FileDescriptor() { close(); }

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : value_(std::exchange(other.value_, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(value_, other.value_);
  return *this;
}

bool FileDescriptor::close() {
  const int value = std::exchange(value_, -1);
  return value < 0 || ::close(value) == 0;
}

int64_t FileDescriptor::size() const {
  struct stat status {};
  return ::fstat(value_, &status) == 0 ? status.st_size : -1;
}

int64_t FileDescriptor::read_at(int64_t position, void* bytes, int64_t count) const {
  return repeat(count, [&](int64_t done) {
    return ::pread(
        value_, static_cast<char*>(bytes) + done, part_size(count - done), position + done);
  });
}

bool FileDescriptor::write(const void* bytes, int64_t count) const {
  const auto* begin = static_cast<const char*>(bytes);
  const auto done = repeat(count, [&](int64_t written) {
    return ::write(value_, begin + written, part_size(count - written));
  });
  if (done >= 0 && done < count) errno = ENOSPC;
  return done == count;
}

}  // namespace sep
