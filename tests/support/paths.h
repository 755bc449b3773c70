#pragma once

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

/// A new empty folder, removed with its contents at the end of the scope.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    static std::atomic<int> counter{0};
    path_ = std::filesystem::temp_directory_path() /
            ("libsep-test-" + std::to_string(::getpid()) + "-" + std::to_string(counter++));
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// A whole file; empty where there is none.
inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The real Bach10: $BACH10_ROOT, then beside the checkout; empty where it is absent.
inline std::filesystem::path bach10_root() {
  const char* root = std::getenv("BACH10_ROOT");
  const std::filesystem::path path =
      root != nullptr && *root != '\0'
          ? std::filesystem::path(root)
          : std::filesystem::path(LIBSEP_SHARED_DIR) / "Bach10_v1.1";
  return std::filesystem::is_directory(path) ? path : std::filesystem::path();
}

/// The reference material beside the checkout; empty where it is absent.
inline std::filesystem::path reference_root() {
  const std::filesystem::path path = std::filesystem::path(LIBSEP_SHARED_DIR) / "reference";
  return std::filesystem::is_directory(path) ? path : std::filesystem::path();
}
