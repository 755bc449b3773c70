#include "libsep/audio/detail/byte_source.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "libsep/core/error.h"
#include "libsep/core/system_error.h"

namespace sep {

namespace fs = std::filesystem;

FileSource::FileSource(const fs::path& path) : path_(path) {
  std::error_code code;
  const auto status = fs::status(path, code);
  SEP_CHECK(status.type() != fs::file_type::not_found, "{}: no such file", path.string());
  SEP_CHECK(!fs::is_directory(status), "{}: a folder, wanted an audio file", path.string());
  SEP_CHECK(!fs::exists(status) || fs::is_regular_file(status),
            "{}: a pipe or device, wanted an audio file",
            path.string());
  file_ = FileDescriptor(path, O_RDONLY);
  if (!file_.is_open()) throw_system_error(path, "cannot be read", errno);
  size_ = file_.size();
  if (size_ < 0) throw_system_error(path, "cannot be read", errno);
}

int64_t FileSource::read_at(int64_t position, char* bytes, int64_t count) const {
  const auto found = file_.read_at(position, bytes, count);
  if (found < 0) throw_system_error(path_, "cannot be read", errno);
  return found;
}

uint64_t decode_number(std::string_view bytes, ByteOrder order) {
  uint64_t number = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto place = order == ByteOrder::kBig ? i : bytes.size() - 1 - i;
    number = number << 8 | static_cast<unsigned char>(bytes[place]);
  }
  return number;
}

std::optional<uint64_t> read_number(const ByteSource& source,
                                    int64_t position,
                                    int num_bytes,
                                    ByteOrder order) {
  const auto bytes = read_text(source, position, num_bytes);
  if (static_cast<int>(bytes.size()) < num_bytes) return std::nullopt;
  return decode_number(bytes, order);
}

std::string encode_number(uint64_t number, int num_bytes, ByteOrder order) {
  std::string bytes;
  for (int i = 0; i < num_bytes; ++i) {
    bytes += static_cast<char>(number >> (8 * i) & 0xFF);
  }
  if (order == ByteOrder::kBig) std::reverse(bytes.begin(), bytes.end());
  return bytes;
}

std::string read_text(const ByteSource& source, int64_t position, int64_t count) {
  std::string bytes(static_cast<size_t>(count), '\0');
  bytes.resize(static_cast<size_t>(source.read_at(position, bytes.data(), count)));
  return bytes;
}

}  // namespace sep
