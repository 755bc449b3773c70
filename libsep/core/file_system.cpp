#include "libsep/core/file_system.h"

#include <algorithm>
#include <system_error>

#include "libsep/core/system_error.h"

namespace sep {

namespace fs = std::filesystem;

namespace {

// What is not there is an answer; all else that the system says is an error.
fs::file_status checked(const fs::path& path,
                        const fs::file_status& status,
                        const std::error_code& code) {
  if (status.type() == fs::file_type::none) {
    throw_system_error(path, "cannot be looked at", code.value());
  }
  return status;
}

fs::file_status status_of(const fs::path& path) {
  std::error_code code;
  const auto status = fs::status(path, code);
  return checked(path, status, code);
}

fs::file_status own_status_of(const fs::path& path) {
  std::error_code code;
  const auto status = fs::symlink_status(path, code);
  return checked(path, status, code);
}

}  // namespace

bool is_there(const fs::path& path) { return fs::exists(status_of(path)); }
bool is_folder(const fs::path& path) { return fs::is_directory(status_of(path)); }
bool is_file(const fs::path& path) { return fs::is_regular_file(status_of(path)); }

bool is_link_or_there(const fs::path& path) { return fs::exists(own_status_of(path)); }
bool is_real_folder(const fs::path& path) { return fs::is_directory(own_status_of(path)); }
bool is_real_file(const fs::path& path) { return fs::is_regular_file(own_status_of(path)); }

bool is_same_file(const fs::path& a, const fs::path& b) {
  if (!is_there(a) || !is_there(b)) return false;
  std::error_code code;
  const bool same = fs::equivalent(a, b, code);
  if (code) throw_system_error(a, "cannot be looked at", code.value());
  return same;
}

std::vector<fs::path> list_folder(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code code;
  for (fs::directory_iterator it(folder, code), end; !code && it != end;
       it.increment(code)) {
    entries.push_back(it->path());
  }
  if (code) throw_system_error(folder, "cannot be listed", code.value());
  std::sort(entries.begin(), entries.end());
  return entries;
}

bool is_hidden(const fs::path& path) {
  const auto name = path.filename().native();
  return !name.empty() && name.front() == '.';
}

void remove_file(const fs::path& path) {
  std::error_code code;
  fs::remove(path, code);
  if (code) throw_system_error(path, "cannot be removed", code.value());
}

fs::path absolute_path(const fs::path& path) {
  std::error_code code;
  const auto absolute = fs::absolute(path, code);
  if (code) throw_system_error(path, "has no absolute path", code.value());
  return absolute.lexically_normal();
}

fs::path folder_for_temporaries() {
  std::error_code code;
  auto folder = fs::temp_directory_path(code);
  if (code) throw_system_error("$TMPDIR", "is no folder", code.value());
  return folder;
}

}  // namespace sep
