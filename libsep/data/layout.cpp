#include "libsep/data/layout.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <system_error>

#include "libsep/core/error.h"
#include "libsep/core/stem_name.h"
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

std::string lower_extension(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(
      extension.begin(), extension.end(), extension.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
      });
  return extension;
}

bool is_audio_name(const fs::path& path) {
  const std::string extension = lower_extension(path);
  return extension == ".wav" || extension == ".flac";
}

bool is_other_audio_name(const fs::path& path) {
  static const std::set<std::string> extensions = {
      ".aac", ".aif", ".aiff", ".m4a", ".mp3", ".mp4", ".ogg", ".opus", ".wma"};
  return extensions.count(lower_extension(path)) > 0;
}

// For guesses in an error's text: what cannot be listed holds nothing.
std::vector<fs::path> entries_or_none(const fs::path& folder) {
  try {
    return list_entries(folder);
  } catch (const std::exception&) {
    return {};
  }
}

template <class Predicate>
bool any_in(const fs::path& folder, const Predicate& predicate) {
  const auto entries = entries_or_none(folder);
  return std::any_of(entries.begin(), entries.end(), predicate);
}

// Whether a folder in `root` holds audio of its own name, as the pieces of Bach10 do, or
// is one of mixtures.
bool seems_a_dataset(const fs::path& root) {
  return any_in(root, [](const fs::path& folder) {
    const std::string name = folder.filename().string();
    return any_in(folder, [&](const fs::path& file) {
      return is_audio_name(file) &&
             (is_mixture_name(name) || file.filename().string().rfind(name + "-", 0) == 0);
    });
  });
}

fs::path deeper_dataset(const fs::path& root) {
  const auto folders = entries_or_none(root);
  for (const auto& folder : folders) {
    if (seems_a_dataset(folder)) return folder;
  }
  for (const auto& folder : folders) {
    for (const auto& deeper : entries_or_none(folder)) {
      if (seems_a_dataset(deeper)) return deeper;
    }
  }
  return {};
}

std::string what_lies_there(const fs::path& root) {
  const fs::path deeper = deeper_dataset(root);
  if (!deeper.empty()) return fmt::format("; found some in {}", deeper.string());
  if (any_in(root, is_audio_name)) return "; found audio, but no folders of it";
  const auto has_others = [](const fs::path& folder) {
    return is_other_audio_name(folder) || any_in(folder, is_other_audio_name);
  };
  if (any_in(root, has_others)) return "; found audio that is neither .wav nor .flac";
  return "";
}

fs::path choose_file(const std::vector<fs::path>& paths,
                     const std::string& place,
                     std::vector<std::string>& faults) {
  for (size_t i = 1; i < paths.size(); ++i) {
    faults.push_back(fmt::format(
        "{}: two files for {}, also {}", paths[i].string(), place, paths.front().string()));
  }
  return paths.empty() ? fs::path() : paths.front();
}

}  // namespace

Piece piece_of_files(const NamedFiles& files, std::vector<std::string>& faults) {
  Piece piece;
  piece.name = files.name;
  piece.mixture = choose_file(files.mixtures, "the mixture", faults);
  for (const auto& [stem, paths] : files.stems) {
    add_part(piece, stem, choose_file(paths, "stem " + stem, faults));
  }
  return piece;
}

void throw_no_piece(const fs::path& root, std::string_view wanted) {
  throw Error(fmt::format(
      "{}: no piece found: wants {}{}", root.string(), wanted, what_lies_there(root)));
}

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

}  // namespace sep
