#include "libsep/data/downloads.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/core/number.h"
#include "libsep/core/unicode.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

std::string name_of(const fs::path& path) { return composed(path.filename().string()); }
std::string stem_of(const fs::path& path) { return composed(path.stem().string()); }

bool begins_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// "violin1", "Violin_1" -> "violin", "Violin"; what is a number alone stays.
std::string without_number(const std::string& name) {
  size_t end = name.size();
  while (end > 0 && is_digit(name[end - 1])) --end;
  if (end == name.size() || end == 0) return name;
  if (end > 1 && name[end - 1] == '_') --end;
  return name.substr(0, end);
}

/// Of the number at its end, of whatever length.
std::string split_of_track(const std::string& name) {
  size_t begin = name.size();
  while (begin > 0 && is_digit(name[begin - 1])) --begin;
  const auto number = parse_int(name.substr(begin));
  if (!number) return "";
  return *number <= 192000 ? "train" : *number <= 216000 ? "validation" : "test";
}

FoundDataset in(const fs::path& root) {
  FoundDataset found;
  found.root = root;
  found.may_differ = true;
  return found;
}

void add_song(const fs::path& folder, const std::string& split, FoundDataset& found) {
  NamedFiles files;
  files.name = name_of(folder);
  for (const auto& path : list_audio(folder)) {
    const auto name = stem_of(path);
    auto& places =
        is_mixture_name(name) ? files.mixtures : files.stems[canonical_stem_name(name)];
    places.push_back(path);
  }
  if (files.mixtures.empty() && files.stems.empty()) return;
  found.pieces.push_back(piece_of_files(files, found.faults));
  found.pieces.back().split = split;
}

bool is_split_name(const std::string& name) {
  return name == "train" || name == "validation" || name == "test";
}

/// "AuSep_2_vc_01_Jupiter" -> "vc"; empty for other names.
std::string urmp_code(const std::string& name) {
  if (!begins_with(name, "AuSep_")) return "";
  const auto number_end = name.find('_', 6);
  if (number_end == std::string::npos) return "";
  const auto code_end = name.find('_', number_end + 1);
  return name.substr(number_end + 1,
                     code_end == std::string::npos ? code_end : code_end - number_end - 1);
}

/// A folder of files `<instrument><number>`.
Piece piece_of_sections(const std::string& name, const fs::path& folder) {
  Piece piece;
  piece.name = name;
  for (const auto& path : list_audio(folder)) {
    const auto id = stem_of(path);
    piece.parts.push_back({id, canonical_stem_name(without_number(id)), {{path}}});
  }
  return piece;
}

}  // namespace

FoundDataset find_song_folder(const fs::path& root) {
  auto found = in(root);
  found.may_differ = false;
  found.place_of = [root](const std::string& piece, const StemName& stem) {
    return root / piece / (stem + ".wav");
  };
  for (const auto& folder : list_folders(root)) {
    const auto name = name_of(folder);
    const auto songs = is_split_name(name) ? list_folders(folder) : std::vector<fs::path>();
    if (songs.empty()) add_song(folder, "", found);
    for (const auto& song : songs) add_song(song, name, found);
  }
  if (found.pieces.empty()) {
    throw_no_piece(root, "<piece>/<instrument>.wav (layout song_folder)");
  }
  return found;
}

FoundDataset find_urmp(const fs::path& root) {
  auto found = in(root);
  for (const auto& folder : list_folders(root)) {
    Piece piece;
    piece.name = name_of(folder);
    for (const auto& path : list_audio(folder)) {
      const auto name = stem_of(path);
      const auto code = urmp_code(name);
      if (!code.empty()) {
        piece.parts.push_back({"", canonical_stem_name(code), {{path}}});
      } else if (begins_with(name, "AuMix_")) {
        piece.mixture = path;
      }
    }
    if (!piece.parts.empty()) found.pieces.push_back(std::move(piece));
  }
  if (found.pieces.empty()) {
    throw_no_piece(root, "<piece>/AuSep_<number>_<instrument>_….wav (layout urmp)");
  }
  return found;
}

FoundDataset find_cocochorales(const fs::path& root) {
  auto found = in(root);
  for (const auto& folder : list_folders(root)) {
    Piece piece;
    piece.name = name_of(folder);
    piece.split = split_of_track(piece.name);
    for (const auto& path : list_audio(folder)) {
      if (stem_of(path) == "mix") piece.mixture = path;
    }
    const auto folders = list_folders(folder);
    const auto stems = std::find_if(folders.begin(), folders.end(), [](const auto& path) {
      return path.filename() == "stems_audio";
    });
    if (stems == folders.end()) continue;
    for (const auto& path : list_audio(*stems)) {
      const auto name = stem_of(path);
      const auto end = name.find('_');
      if (end == std::string::npos || !parse_int(name.substr(0, end))) continue;
      piece.parts.push_back({"", canonical_stem_name(name.substr(end + 1)), {{path}}});
    }
    if (!piece.parts.empty()) found.pieces.push_back(std::move(piece));
  }
  if (found.pieces.empty()) {
    throw_no_piece(root,
                   "<track>/stems_audio/<number>_<instrument>.wav (layout cocochorales)");
  }
  return found;
}

FoundDataset find_microphone(const std::string& microphone, const fs::path& root) {
  auto found = in(root);
  for (const auto& folder : list_folders(root)) {
    const auto places = list_folders(folder);
    if (places.empty()) continue;
    const auto place = std::find_if(places.begin(), places.end(), [&](const auto& path) {
      return name_of(path) == microphone;
    });
    if (place == places.end()) {
      found.faults.push_back(fmt::format("{}: no microphone {}, there is {}{}",
                                         folder.string(),
                                         shown_text(microphone),
                                         name_of(places.front()),
                                         places.size() > 1 ? ", …" : ""));
      continue;
    }
    auto piece = piece_of_sections(name_of(folder), *place);
    if (!piece.parts.empty()) found.pieces.push_back(std::move(piece));
  }
  if (found.pieces.empty() && !found.faults.empty()) throw ErrorList(found.faults);
  if (found.pieces.empty()) {
    throw_no_piece(root, "<piece>/" + microphone + "/<instrument>.flac");
  }
  return found;
}

FoundDataset find_phenicx(const fs::path& root) {
  auto found = in(root);
  const auto folders = list_folders(root);
  const auto audio = std::find_if(folders.begin(), folders.end(), [](const auto& path) {
    return path.filename() == "audio";
  });
  for (const auto& folder : audio == folders.end() ? folders : list_folders(*audio)) {
    auto piece = piece_of_sections(name_of(folder), folder);
    if (!piece.parts.empty()) found.pieces.push_back(std::move(piece));
  }
  if (found.pieces.empty()) {
    throw_no_piece(root, "audio/<piece>/<instrument><number>.wav (layout phenicx)");
  }
  return found;
}

}  // namespace sep
