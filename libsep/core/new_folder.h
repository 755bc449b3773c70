#pragma once

#include <filesystem>
#include <vector>

namespace sep {

/// A folder to write to. What of it and its parents is new goes again at the end of the
/// scope where it is still empty: an error or an interrupt leaves none behind.
class NewFolder {
 public:
  /// Makes the folder and its parents. Throws Error with the path and the reason where one
  /// cannot be made.
  explicit NewFolder(const std::filesystem::path& path);
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

 private:
  std::vector<std::filesystem::path> made_;  // the innermost first
};

}  // namespace sep
