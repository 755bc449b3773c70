#pragma once

#include <filesystem>
#include <string>

#include "libsep/core/new_folder.h"

/// Many files that appear together or not at all.
namespace sep {

/// `root`/.libsep-unfinished, where what belongs together is written until all of it is
/// there. Goes with what is left in it at the end of the scope, and `root` with it where
/// that was new and stays empty.
class UnfinishedFolder {
 public:
  /// Makes `root` and the folder; removes what an earlier process left there. Throws Error
  /// where they cannot be made.
  explicit UnfinishedFolder(const std::filesystem::path& root);
  ~UnfinishedFolder();
  UnfinishedFolder(const UnfinishedFolder&) = delete;
  UnfinishedFolder& operator=(const UnfinishedFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Moves the file or folder `name` into `root`. Throws Failure where it does not go.
  void move_out(const std::string& name) const;

 private:
  std::filesystem::path root_;
  NewFolder root_folder_;
  std::filesystem::path path_;
};

}  // namespace sep
