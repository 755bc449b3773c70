#pragma once

#include <sndfile.h>

#include <filesystem>

#include "libsep/core/file_descriptor.h"

namespace sep {

/// A new file for libsndfile to write to, for use inside this layer. Its FLAC writer
/// forgets a write that failed; here the error is kept.
class OutputFile {
 public:
  /// Creates `temporary`. Throws Error that names `path` where it cannot be created,
  /// Failure where that is the machine's fault.
  OutputFile(const std::filesystem::path& temporary, const std::filesystem::path& path);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// For sf_open_virtual() with a pointer to this object.
  SF_VIRTUAL_IO virtual_io() const;

  /// errno of the first write that failed; 0 for none.
  int error() const { return error_; }

 private:
  static sf_count_t length(void* output);
  static sf_count_t seek(sf_count_t offset, int whence, void* output);
  static sf_count_t read(void* bytes, sf_count_t count, void* output);
  static sf_count_t write(const void* bytes, sf_count_t count, void* output);
  static sf_count_t position(void* output);

  FileDescriptor file_;
  int error_ = 0;
};

}  // namespace sep
