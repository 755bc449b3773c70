#include "libsep/core/file_group.h"

#include <unistd.h>

#include <cerrno>
#include <set>

#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/system_error.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

/// A second name for the file at `path`; empty where there is none. A hard link, so that
/// the first name is never without a file; where there are no links, it gives its name up.
fs::path keep_earlier(const fs::path& path) {
  if (!is_link_or_there(path)) return {};
  SEP_CHECK(!is_real_folder(path), "{}: wants a file there, found a folder", path.string());
  auto earlier = temporary_beside(path);
  if (::link(path.c_str(), earlier.c_str()) != 0 &&
      ::rename(path.c_str(), earlier.c_str()) != 0) {
    throw_system_error(path, "cannot be replaced", errno);
  }
  return earlier;
}

}  // namespace

FileGroup::~FileGroup() {
  for (const auto& entry : entries_) {
    if (!entry.is_named) ::unlink(entry.temporary.c_str());
  }
}

void FileGroup::add(const fs::path& temporary, const fs::path& path) {
  entries_.push_back({temporary, path, {}, false});
}

void FileGroup::write(const fs::path& path, std::string_view bytes) {
  const auto temporary = temporary_beside(path);
  write_temporary(temporary, path, bytes);
  add(temporary, path);
}

void FileGroup::commit() {
  for (const auto& entry : entries_) flush_temporary(entry.temporary, entry.path);
  try {
    name_all();
  } catch (...) {
    restore();
    throw;
  }
  forget_earlier();
}

void FileGroup::name_all() {
  for (auto& entry : entries_) entry.earlier = keep_earlier(entry.path);
  std::set<fs::path> folders;
  for (auto& entry : entries_) {
    if (::rename(entry.temporary.c_str(), entry.path.c_str()) != 0) {
      throw_system_error(entry.path, "cannot be written", errno);
    }
    entry.is_named = true;
    folders.insert(entry.path.parent_path());
  }
  for (const auto& folder : folders) flush_name(folder / "a file");
}

void FileGroup::restore() {
  for (auto& entry : entries_) {
    if (!entry.earlier.empty()) {
      // rename() does nothing where both names are the same file's.
      if (::rename(entry.earlier.c_str(), entry.path.c_str()) == 0) {
        ::unlink(entry.earlier.c_str());
      }
    } else if (entry.is_named) {
      ::unlink(entry.path.c_str());
    }
  }
}

void FileGroup::forget_earlier() {
  for (auto& entry : entries_) {
    if (!entry.earlier.empty()) ::unlink(entry.earlier.c_str());
  }
  entries_.clear();
}

}  // namespace sep
