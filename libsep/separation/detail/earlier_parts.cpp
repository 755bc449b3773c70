#include "libsep/separation/detail/earlier_parts.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <sstream>
#include <system_error>

#include "libsep/core/atomic_file.h"
#include "libsep/core/file_system.h"
#include "libsep/core/system_error.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr const char* kList = ".parts";

bool is_audio_name(const fs::path& path) {
  auto extension = path.extension().string();
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return !is_hidden(path) && (extension == ".wav" || extension == ".flac");
}

bool is_free(const fs::path& folder, const std::vector<fs::path>& files) {
  if (is_link_or_there(folder) && !is_folder(folder)) return false;
  return std::none_of(files.begin(), files.end(), [&](const fs::path& file) {
    return is_link_or_there(folder / file.filename());
  });
}

}  // namespace

void list_parts(FileGroup& group,
                const fs::path& folder,
                const std::set<std::string>& names) {
  group.write(folder / kList, fmt::format("{}\n", fmt::join(names, "\n")));
}

std::vector<fs::path> earlier_parts(const fs::path& folder,
                                    const std::set<std::string>& now,
                                    const fs::path& recording) {
  std::vector<fs::path> parts;
  if (!is_real_file(folder / kList)) return parts;
  std::istringstream lines(read_file(folder / kList));
  for (std::string name; std::getline(lines, name);) {
    const fs::path file = name;
    const bool is_name = file.has_filename() && file == file.filename();
    if (is_name && is_audio_name(file) && now.count(name) == 0 &&
        is_real_file(folder / file) && !is_same_file(folder / file, recording)) {
      parts.push_back(folder / file);
    }
  }
  return parts;
}

std::vector<fs::path> move_aside(const fs::path& folder,
                                 const std::vector<fs::path>& files) {
  std::vector<fs::path> moved;
  if (files.empty()) return moved;
  auto aside = folder / "earlier";
  for (int i = 2; !is_free(aside, files); ++i) {
    aside = folder / fmt::format("earlier-{}", i);
  }
  make_directories(aside);
  try {
    for (const auto& file : files) {
      moved.push_back(aside / file.filename());
      std::error_code code;
      fs::rename(file, moved.back(), code);
      if (code) throw_system_error(file, "cannot be moved aside", code.value());
    }
    flush_name(moved.back());
    flush_name(files.back());
  } catch (...) {
    move_back(files, moved);
    throw;
  }
  return moved;
}

void move_back(const std::vector<fs::path>& files,
               const std::vector<fs::path>& moved) noexcept {
  for (size_t i = 0; i < moved.size(); ++i) {
    std::error_code code;
    fs::rename(moved[i], files[i], code);
  }
  std::error_code code;
  if (!moved.empty()) fs::remove(moved.front().parent_path(), code);  // where it is empty
}

std::vector<fs::path> other_audio(const fs::path& folder,
                                  const std::set<std::string>& now,
                                  const fs::path& recording) {
  std::vector<fs::path> others;
  for (const auto& path : list_folder(folder)) {
    if (is_audio_name(path) && now.count(path.filename().string()) == 0 && is_file(path) &&
        !is_same_file(path, recording)) {
      others.push_back(path);
    }
  }
  return others;
}

}  // namespace sep
