#include "libsep/core/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>

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
    : path_(folder / ".lock"), file_(path_, O_RDWR | O_CREAT, 0644) {
  if (!file_.is_open()) throw_system_error(path_, "cannot be opened", errno);
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
    const auto found = read_holder(file_.get());
    file_.close();
    throw Error(fmt::format("{}: in use by {}", folder.string(), found));
  }
  const auto text = fmt::format("process {} on {} ({})", ::getpid(), host_name(), holder);
  // Only a courtesy to the next one: the lock holds without it.
  if (::ftruncate(file_.get(), 0) == 0) {
    [[maybe_unused]] const auto written =
        ::pwrite(file_.get(), text.data(), text.size(), 0);
  }
}

// The file stays: removed, another process could hold the one that is gone while a third
// makes and locks a new one.
FolderLock::~FolderLock() {
  if (!file_.is_open()) return;
  [[maybe_unused]] const auto emptied = ::ftruncate(file_.get(), 0);
}

}  // namespace sep
