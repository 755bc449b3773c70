#include "libsep/core/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <random>
#include <regex>
#include <system_error>
#include <utility>
#include <vector>

#include "libsep/core/error.h"
#include "libsep/core/file_descriptor.h"
#include "libsep/core/system_error.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr size_t kChunk = size_t{1} << 20;
// File systems allow names of 255 bytes; the temporary's additions take about 40.
constexpr size_t kMaxStem = 150;

class RemoveUnlessKept {
 public:
  explicit RemoveUnlessKept(const fs::path& path) : path_(path) {}
  ~RemoveUnlessKept() {
    if (!kept_) ::unlink(path_.c_str());
  }
  RemoveUnlessKept(const RemoveUnlessKept&) = delete;
  RemoveUnlessKept& operator=(const RemoveUnlessKept&) = delete;
  void keep() { kept_ = true; }

 private:
  const fs::path& path_;
  bool kept_ = false;
};

void check_file_name(const fs::path& path) {
  const fs::path name = path.filename();
  SEP_CHECK(!name.empty() && name != "." && name != "..",
            "{}: wants the name of a file",
            path.string());
}

}  // namespace

fs::path temporary_beside(const fs::path& path) {
  // Process ids repeat between containers that share a folder; the tag does not.
  static const unsigned tag = std::random_device{}();
  static std::atomic<int64_t> counter{0};
  const std::string stem = path.stem().string().substr(0, kMaxStem);
  return path.parent_path() / fmt::format(".{}.{}-{:08x}-{}.tmp{}",
                                          stem,
                                          ::getpid(),
                                          tag,
                                          counter++,
                                          path.extension().string());
}

bool is_temporary(const fs::path& path) {
  static const std::regex pattern(R"(\.[\s\S]*\.\d+-[0-9a-f]{8}-\d+\.tmp(\.[^.]*)?)");
  return std::regex_match(path.filename().string(), pattern);
}

void flush_name(const fs::path& path) {
  const fs::path parent = path.parent_path();
  const FileDescriptor folder(parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY);
  // A folder that may be written to but not read, or a network file system that
  // cannot flush folders: the rename itself has happened.
  if (!folder.is_open()) return;
  if (::fsync(folder.get()) != 0 && is_machine_failure(errno)) {
    throw_system_error(path, "its folder cannot be flushed to the disk", errno);
  }
}

void flush_temporary(const fs::path& temporary, const fs::path& path) {
  check_file_name(path);
  FileDescriptor file(temporary, O_RDONLY);
  if (!file.is_open()) throw_system_error(temporary, "cannot be opened", errno);
  if (::fsync(file.get()) != 0)
    throw_system_error(path, "cannot be flushed to the disk", errno);
  if (!file.close()) throw_system_error(path, "cannot be written", errno);
}

void commit_temporary(const fs::path& temporary, const fs::path& path) {
  RemoveUnlessKept remover(temporary);
  flush_temporary(temporary, path);
  if (::rename(temporary.c_str(), path.c_str()) != 0)
    throw_system_error(path, "cannot be written", errno);
  remover.keep();
  flush_name(path);
}

void write_temporary(const fs::path& temporary,
                     const fs::path& path,
                     std::string_view bytes) {
  check_file_name(path);
  FileDescriptor file(temporary, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.is_open()) throw_system_error(path, "cannot be written", errno);
  RemoveUnlessKept remover(temporary);
  if (!file.write(bytes.data(), static_cast<int64_t>(bytes.size()))) {
    throw_system_error(path, "cannot be written", errno);
  }
  if (!file.close()) throw_system_error(path, "cannot be written", errno);
  remover.keep();
}

void write_file_atomically(const fs::path& path, std::string_view bytes) {
  const fs::path temporary = temporary_beside(path);
  write_temporary(temporary, path, bytes);
  commit_temporary(temporary, path);
}

std::string read_file(const fs::path& path, int64_t max_bytes) {
  const FileDescriptor file(path, O_RDONLY);
  if (!file.is_open()) throw_system_error(path, "cannot be read", errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw_system_error(path, "cannot be read", errno);
  if (S_ISDIR(status.st_mode)) throw_system_error(path, "cannot be read", EISDIR);

  // Pipes have no size and files may grow: the limit holds for what is read.
  const size_t limit = static_cast<size_t>(max_bytes);
  const size_t known = S_ISREG(status.st_mode) ? static_cast<size_t>(status.st_size) : 0;
  std::string bytes(known <= limit ? known + 1 : 0, '\0');
  size_t filled = 0;
  while (filled <= limit && known <= limit) {
    if (filled == bytes.size()) bytes.resize(filled + kChunk);
    const ssize_t count = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_system_error(path, "cannot be read", errno);
    if (count == 0) {
      bytes.resize(filled);
      return bytes;
    }
    filled += static_cast<size_t>(count);
  }
  throw Error(fmt::format("{}: wants at most {} bytes, found {}",
                          path.string(),
                          max_bytes,
                          known > limit ? std::to_string(known) : "more"));
}

std::vector<fs::path> make_directories(const fs::path& path) {
  std::error_code code;
  std::vector<fs::path> made;
  for (auto part = path; !part.empty() && !fs::exists(part, code);
       part = part.parent_path()) {
    made.push_back(part);
  }
  fs::create_directories(path, code);
  if (code) throw_system_error(path, "cannot be made a folder", code.value());
  if (!fs::is_directory(path, code))
    throw_system_error(path, "cannot be made a folder", ENOTDIR);
  for (const auto& part : made) flush_name(part);
  return made;
}

}  // namespace sep
