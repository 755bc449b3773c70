#pragma once

#include <filesystem>
#include <string>

#include "libsep/core/file_descriptor.h"

namespace sep {

/// Holds a folder for one process: an advisory lock (flock) on a hidden file in it, which
/// names the holder. The system drops the lock when the holder ends, however it ends, so
/// that a dead process holds nothing.
class FolderLock {
 public:
  /// Throws Error that names the holder where another process, or this one, has it:
  /// "runs/model_e: in use by process 4711 on host (sep-train)". The folder must exist.
  FolderLock(const std::filesystem::path& folder, const std::string& holder);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept = default;
  FolderLock& operator=(FolderLock&&) = delete;

 private:
  std::filesystem::path path_;
  FileDescriptor file_;
};

}  // namespace sep
