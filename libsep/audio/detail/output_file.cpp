#include "libsep/audio/detail/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "libsep/core/system_error.h"

namespace sep {
OutputFile::OutputFile(const std::filesystem::path& temporary,
                       const std::filesystem::path& path)
    : descriptor_(::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) throw_system_error(path, "cannot be written", errno);
}

OutputFile::~OutputFile() { ::close(descriptor_); }

SF_VIRTUAL_IO OutputFile::virtual_io() const {
  return {length, seek, read, write, position};
}

sf_count_t OutputFile::length(void* file) {
  struct stat status {};
  return ::fstat(static_cast<OutputFile*>(file)->descriptor_, &status) == 0 ? status.st_size
                                                                            : -1;
}

sf_count_t OutputFile::seek(sf_count_t offset, int whence, void* file) {
  return ::lseek(static_cast<OutputFile*>(file)->descriptor_, offset, whence);
}

sf_count_t OutputFile::read(void* bytes, sf_count_t count, void* file) {
  return ::read(
      static_cast<OutputFile*>(file)->descriptor_, bytes, static_cast<size_t>(count));
}

sf_count_t OutputFile::write(const void* bytes, sf_count_t count, void* file) {
  auto* output = static_cast<OutputFile*>(file);
  sf_count_t done = 0;
  while (done < count) {
    const auto written = ::write(output->descriptor_,
                                 static_cast<const char*>(bytes) + done,
                                 static_cast<size_t>(count - done));
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      output->error_ = written < 0 ? errno : ENOSPC;
      break;
    }
    done += written;
  }
  return done;
}

sf_count_t OutputFile::position(void* file) { return seek(0, SEEK_CUR, file); }

}  // namespace sep
