#include "libsep/core/new_folder.h"

#include <system_error>

#include "libsep/core/atomic_file.h"

namespace sep {

namespace fs = std::filesystem;

NewFolder::NewFolder(const fs::path& path) : made_(make_directories(path)) {}

NewFolder::~NewFolder() {
  std::error_code not_empty;
  for (const auto& part : made_) fs::remove(part, not_empty);
}

}  // namespace sep
