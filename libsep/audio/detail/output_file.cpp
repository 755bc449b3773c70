#include "libsep/audio/detail/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "libsep/core/system_error.h"

namespace sep {

OutputFile::OutputFile(const std::filesystem::path& temporary,
                       const std::filesystem::path& path)
    : file_(temporary, O_RDWR | O_CREAT | O_EXCL) {
  if (!file_.is_open()) throw_system_error(path, "cannot be written", errno);
}

SF_VIRTUAL_IO OutputFile::virtual_io() const {
  return {length, seek, read, write, position};
}

sf_count_t OutputFile::length(void* output) {
  return static_cast<OutputFile*>(output)->file_.size();
}

sf_count_t OutputFile::seek(sf_count_t offset, int whence, void* output) {
  return ::lseek(static_cast<OutputFile*>(output)->file_.get(), offset, whence);
}

sf_count_t OutputFile::read(void* bytes, sf_count_t count, void* output) {
  return ::read(
      static_cast<OutputFile*>(output)->file_.get(), bytes, static_cast<size_t>(count));
}

sf_count_t OutputFile::write(const void* bytes, sf_count_t count, void* output) {
  auto& self = *static_cast<OutputFile*>(output);
  if (self.file_.write(bytes, count)) return count;
  self.error_ = errno;
  return 0;
}

sf_count_t OutputFile::position(void* output) { return seek(0, SEEK_CUR, output); }

}  // namespace sep
