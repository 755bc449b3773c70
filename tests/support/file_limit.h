#pragma once

#include <sys/resource.h>

#include <csignal>
#include <cstdint>

/// Until the end of the scope no file of this process may grow beyond `max_bytes`: a write
/// that would goes as far as it may, and the next fails, as on a disk that is full.
class FileLimit {
 public:
  explicit FileLimit(int64_t max_bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit = before_;
    limit.rlim_cur = static_cast<rlim_t>(max_bytes);
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = SIG_DFL;
};
