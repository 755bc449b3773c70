#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "libsep/core/file_descriptor.h"

namespace sep {

/// Bytes that can be read at any place. Any number of threads.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  virtual int64_t size() const = 0;

  /// Reads `count` bytes from the `position`-th on, fewer where they end before; how many.
  /// Throws Failure where they cannot be read.
  virtual int64_t read_at(int64_t position, char* bytes, int64_t count) const = 0;
};

/// A regular file. The constructor throws Error with the path: not there, a folder, a pipe
/// or a device; not to be opened.
class FileSource : public ByteSource {
 public:
  explicit FileSource(const std::filesystem::path& path);

  int64_t size() const override { return size_; }
  int64_t read_at(int64_t position, char* bytes, int64_t count) const override;

 private:
  std::filesystem::path path_;
  FileDescriptor file_;
  int64_t size_ = 0;
};

enum class ByteOrder { kLittle, kBig };

/// A whole number without sign as `bytes` spell it, at most eight of them.
uint64_t decode_number(std::string_view bytes, ByteOrder order);

/// The same of `num_bytes` bytes at `position`; none where the source ends before.
std::optional<uint64_t> read_number(const ByteSource& source,
                                    int64_t position,
                                    int num_bytes,
                                    ByteOrder order);

/// The bytes of `number`.
std::string encode_number(uint64_t number, int num_bytes, ByteOrder order);

/// `count` bytes at `position`, fewer where the source ends before.
std::string read_text(const ByteSource& source, int64_t position, int64_t count);

}  // namespace sep
