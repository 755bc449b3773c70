#include "libsep/mixing/detail/cache_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>
#include <vector>

#include "libsep/core/random.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr size_t kNameLength = 32;  // hexadecimal digits
constexpr auto kLongestWrite = std::chrono::hours(1);

struct CachedFile {
  fs::path path;
  int64_t num_bytes;
  fs::file_time_type last_use;
};

/// Also temporaries: of other processes, and of such as were killed while writing.
bool is_ours(const fs::path& path, const std::string& extension) {
  auto name = path.filename().string();
  if (!name.empty() && name[0] == '.') name.erase(0, 1);
  const auto stem = name.substr(0, kNameLength);
  return path.extension() == extension && stem.size() == kNameLength &&
         name.size() > kNameLength && name[kNameLength] == '.' &&
         stem.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// Files that vanish meanwhile, removed by another process, are left out.
std::vector<CachedFile> list_files(const fs::path& folder, const std::string& extension) {
  std::vector<CachedFile> files;
  std::error_code code;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    if (!is_ours(entry->path(), extension)) continue;
    std::error_code gone;
    const auto size = entry->file_size(gone);
    const auto time = gone ? fs::file_time_type() : entry->last_write_time(gone);
    if (!gone) files.push_back({entry->path(), static_cast<int64_t>(size), time});
  }
  return files;
}

}  // namespace

fs::path cache_file(const fs::path& folder,
                    const std::string& description,
                    const std::string& extension) {
  return folder / fmt::format("{:016x}{:016x}{}",
                              stream_seed(0, description),
                              stream_seed(1, description),
                              extension);
}

void make_cache_room(const fs::path& folder,
                     const std::string& extension,
                     int64_t num_bytes,
                     int64_t max_bytes) {
  auto files = list_files(folder, extension);
  int64_t total = num_bytes;
  for (const auto& file : files) total += file.num_bytes;
  if (total <= max_bytes) return;
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
    return std::pair(a.last_use, a.path) < std::pair(b.last_use, b.path);
  });
  const auto now = fs::file_time_type::clock::now();
  for (size_t i = 0; i < files.size() && total > max_bytes; ++i) {
    const bool temporary = files[i].path.filename().string()[0] == '.';
    if (temporary && now - files[i].last_use < kLongestWrite) continue;
    std::error_code ignored;
    fs::remove(files[i].path, ignored);
    total -= files[i].num_bytes;
  }
}

}  // namespace sep
