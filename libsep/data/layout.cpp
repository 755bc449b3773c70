#include "libsep/data/layout.h"

#include <algorithm>
#include <cctype>
#include <system_error>

#include "libsep/core/error.h"
#include "libsep/core/system_error.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> list_entries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (fs::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().filename().string().front() != '.') entries.push_back(it->path());
  }
  if (error) throw_system_error(folder, "cannot be listed", error.value());
  std::sort(entries.begin(), entries.end(), [](const fs::path& a, const fs::path& b) {
    return a.filename().string() < b.filename().string();
  });
  return entries;
}

bool is_audio_name(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(
      extension.begin(), extension.end(), extension.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
      });
  return extension == ".wav" || extension == ".flac";
}

}  // namespace

std::vector<fs::path> list_folders(const fs::path& root) {
  SEP_CHECK(!root.empty(), "no dataset folder was given");
  std::error_code error;
  SEP_CHECK(fs::exists(root, error), "{}: no such folder", root.string());
  SEP_CHECK(
      fs::is_directory(root, error), "{}: wants a folder, found a file", root.string());
  std::vector<fs::path> folders;
  for (const auto& path : list_entries(root)) {
    if (fs::is_directory(path, error)) folders.push_back(path);
  }
  return folders;
}

std::vector<fs::path> list_audio(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& path : list_entries(folder)) {
    if (is_audio_name(path) && fs::is_regular_file(path, error)) files.push_back(path);
  }
  return files;
}

bool is_mixture_name(const std::string& name) { return name == "mix" || name == "mixture"; }

}  // namespace sep
