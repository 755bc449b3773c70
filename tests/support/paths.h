#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/temporary_folder.h"

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
