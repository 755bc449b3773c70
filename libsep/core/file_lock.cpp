#include "libsep/core/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/core/system_error.h"

namespace sep {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown host";
}

std::string read_holder(int descriptor) {
  std::array<char, 512> text{};
  const auto length = ::pread(descriptor, text.data(), text.size() - 1, 0);
  return length > 0 ? std::string(text.data(), static_cast<size_t>(length))
                    : std::string("another process");
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder, const std::string& holder)
    : path_(folder / ".lock") {
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0) throw_system_error(path_, "cannot be opened", errno);
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const auto found = read_holder(descriptor_);
    ::close(std::exchange(descriptor_, -1));
    throw Error(fmt::format("{}: in use by {}", folder.string(), found));
  }
  const auto text = fmt::format("process {} on {} ({})", ::getpid(), host_name(), holder);
  // Only a courtesy to the next one: the lock holds without it.
  if (::ftruncate(descriptor_, 0) == 0) {
    [[maybe_unused]] const auto written =
        ::pwrite(descriptor_, text.data(), text.size(), 0);
  }
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

// The file stays: removed, another process could hold the one that is gone while a third
// makes and locks a new one.
FolderLock::~FolderLock() {
  if (descriptor_ < 0) return;
  [[maybe_unused]] const auto emptied = ::ftruncate(descriptor_, 0);
  ::close(descriptor_);
}

}  // namespace sep
