// Put before a program (LD_PRELOAD), sees what it does to the files of one folder:
//
//   SEP_WATCH       absolute path of the folder
//   SEP_OPERATIONS  a file that gets a line an operation: "write PATH", "rename FROM\tTO"
//   SEP_KILL_AT     the program is killed (SIGKILL) before its so manieth operation; a
//                   write does half of its bytes first
//   SEP_FAIL_RENAME its so manieth rename fails, as of a disk that does
//   SEP_READS       a file that gets a line, its path, for each opened to be read
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

std::string absolute(const std::string& path) {
  if (path.empty() || path.front() == '/') return path;
  std::array<char, PATH_MAX> folder{};
  if (::getcwd(folder.data(), folder.size()) == nullptr) return path;
  return std::string(folder.data()) + "/" + path;
}

std::string path_of(int descriptor) {
  std::array<char, PATH_MAX> path{};
  const auto link = "/proc/self/fd/" + std::to_string(descriptor);
  const auto length = ::readlink(link.c_str(), path.data(), path.size());
  if (length < 0) return "";
  const std::string text(path.data(), static_cast<size_t>(length));
  const auto nameless = text.rfind(" (deleted)");  // never had a name, or has none left
  return nameless != std::string::npos && nameless + 10 == text.size() ? "" : text;
}

bool is_watched(const std::string& path) {
  static const std::string folder = variable("SEP_WATCH");
  return !folder.empty() && (path == folder || path.rfind(folder + "/", 0) == 0);
}

void note_in(const std::string& path, const std::string& line) {
  if (path.empty()) return;
  const auto open = next<int (*)(const char*, int, ...)>("open");
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  ::syscall(SYS_write, file, line.data(), line.size());
  ::close(file);
}

void note(const std::string& line) {
  static const std::string path = variable("SEP_OPERATIONS");
  note_in(path, line);
}

void note_read(const std::string& file) {
  static const std::string path = variable("SEP_READS");
  if (is_watched(file)) note_in(path, file + "\n");
}

bool fails_rename() {
  static const std::string failing = variable("SEP_FAIL_RENAME");
  static std::atomic<long> count{0};
  return ++count == (failing.empty() ? -1 : std::atol(failing.c_str()));
}

/// Whether the program ends with this operation.
bool is_last(const std::string& operation) {
  static const std::string last = variable("SEP_KILL_AT");
  static std::atomic<long> count{0};
  note(operation + "\n");
  return ++count == (last.empty() ? -1 : std::atol(last.c_str()));
}

void end() { ::kill(::getpid(), SIGKILL); }

void see(const char* operation, const std::string& path, const std::string& to = "") {
  if (!is_watched(path) && !is_watched(to)) return;
  if (is_last(std::string(operation) + " " + path + (to.empty() ? "" : "\t" + to))) end();
}

int open_next(const char* name, const char* path, int flags, mode_t mode) {
  const bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0;
  const bool nameless = (flags & O_TMPFILE) == O_TMPFILE;
  if (writes && !nameless) see("open", absolute(path));
  if (!writes) note_read(absolute(path));
  return next<int (*)(const char*, int, ...)>(name)(path, flags, mode);
}

FILE* fopen_next(const char* name, const char* path, const char* mode) {
  if (std::strpbrk(mode, "wa+") != nullptr) {
    see("open", absolute(path));
  } else {
    note_read(absolute(path));
  }
  return next<FILE* (*)(const char*, const char*)>(name)(path, mode);
}

mode_t mode_in(int flags, va_list arguments) {
  const bool has_mode = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
  return has_mode ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_in(flags, arguments);
  va_end(arguments);
  return open_next("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_in(flags, arguments);
  va_end(arguments);
  return open_next("open64", path, flags, mode);
}

FILE* fopen(const char* path, const char* mode) { return fopen_next("fopen", path, mode); }

FILE* fopen64(const char* path, const char* mode) {
  return fopen_next("fopen64", path, mode);
}

ssize_t write(int descriptor, const void* bytes, size_t count) {
  const auto path = path_of(descriptor);
  const auto do_write = next<ssize_t (*)(int, const void*, size_t)>("write");
  if (is_watched(path) && is_last("write " + path)) {
    do_write(descriptor, bytes, count / 2);
    end();
  }
  return do_write(descriptor, bytes, count);
}

ssize_t pwrite(int descriptor, const void* bytes, size_t count, off_t place) {
  see("write", path_of(descriptor));
  return next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite")(
      descriptor, bytes, count, place);
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t count, off64_t place) {
  see("write", path_of(descriptor));
  return next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64")(
      descriptor, bytes, count, place);
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  see("write", path_of(descriptor));
  return next<ssize_t (*)(int, const iovec*, int)>("writev")(descriptor, parts, count);
}

int ftruncate(int descriptor, off_t length) {
  see("write", path_of(descriptor));
  return next<int (*)(int, off_t)>("ftruncate")(descriptor, length);
}

int ftruncate64(int descriptor, off64_t length) {
  see("write", path_of(descriptor));
  return next<int (*)(int, off64_t)>("ftruncate64")(descriptor, length);
}

int unlinkat(int folder, const char* path, int flags) {
  see("remove",
      folder == AT_FDCWD || *path == '/' ? absolute(path) : path_of(folder) + "/" + path);
  return next<int (*)(int, const char*, int)>("unlinkat")(folder, path, flags);
}

int rmdir(const char* path) {
  see("remove", absolute(path));
  return next<int (*)(const char*)>("rmdir")(path);
}

int fsync(int descriptor) {
  see("flush", path_of(descriptor));
  return next<int (*)(int)>("fsync")(descriptor);
}

int rename(const char* from, const char* to) {
  see("rename", absolute(from), absolute(to));
  if (is_watched(absolute(to)) && fails_rename()) {
    errno = EIO;
    return -1;
  }
  return next<int (*)(const char*, const char*)>("rename")(from, to);
}

int unlink(const char* path) {
  see("remove", absolute(path));
  return next<int (*)(const char*)>("unlink")(path);
}

int remove(const char* path) {
  see("remove", absolute(path));
  return next<int (*)(const char*)>("remove")(path);
}

int mkdir(const char* path, mode_t mode) {
  see("mkdir", absolute(path));
  return next<int (*)(const char*, mode_t)>("mkdir")(path, mode);
}

}  // extern "C"
