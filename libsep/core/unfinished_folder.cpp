#include "libsep/core/unfinished_folder.h"

#include <system_error>

#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"

namespace sep {

namespace fs = std::filesystem;

UnfinishedFolder::UnfinishedFolder(const fs::path& root)
    : root_(root), root_folder_(root), path_(root / ".libsep-unfinished") {
  std::error_code ignored;  // what cannot be removed fails below or in writing
  fs::remove_all(path_, ignored);
  make_directories(path_);
}

UnfinishedFolder::~UnfinishedFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void UnfinishedFolder::move_out(const std::string& name) const {
  std::error_code error;
  fs::rename(path_ / name, root_ / name, error);
  if (!error) return flush_name(root_ / name);
  throw Failure(fmt::format("{}: cannot be renamed to {}: {}",
                            (path_ / name).string(),
                            (root_ / name).string(),
                            error.message()));
}

}  // namespace sep
