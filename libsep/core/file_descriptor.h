#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>

namespace sep {

/// An open file of the operating system, closed with this object. Nothing here throws: what
/// fails leaves the reason in errno, for throw_system_error(). Calls that a signal
/// interrupts go on.
class FileDescriptor {
 public:
  FileDescriptor() = default;

  /// open(2) with O_CLOEXEC added; is_open() says whether it worked.
  FileDescriptor(const std::filesystem::path& path, int flags, mode_t mode = 0666);
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;

  bool is_open() const { return value_ >= 0; }
  int get() const { return value_; }

  /// Whether the file is closed without an error; it is closed then in any case.
  bool close();

  /// Bytes, -1 where it is not known.
  int64_t size() const;

  /// Reads `count` bytes from the `position`-th on, fewer where the file ends before: how
  /// many, or -1.
  int64_t read_at(int64_t position, void* bytes, int64_t count) const;

  /// Appends; whether all bytes went. Where the system takes none and gives no reason, that
  /// is ENOSPC.
  bool write(const void* bytes, int64_t count) const;

 private:
  int value_ = -1;
};

}  // namespace sep
