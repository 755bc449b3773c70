#include <algorithm>
#include <map>

#include "libsep/core/error.h"
#include "libsep/core/stem_name.h"
#include "libsep/core/unicode.h"
#include "libsep/data/layout.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

// A name that stands in one folder only is no piece's: such is a folder of another
// layout, whose names would give hundreds of missing files.
bool any_in_two_places(const std::map<std::string, NamedFiles>& pieces) {
  return std::any_of(pieces.begin(), pieces.end(), [](const auto& entry) {
    const NamedFiles& piece = entry.second;
    return piece.stems.size() + (piece.mixtures.empty() ? 0 : 1) > 1;
  });
}

}  // namespace

FoundDataset find_stem_folder(const fs::path& root) {
  std::map<std::string, NamedFiles> pieces;
  for (const auto& folder : list_folders(root)) {
    const std::string stem = folder.filename().string();
    for (const auto& path : list_audio(folder)) {
      NamedFiles& piece = pieces[composed(path.stem().string())];
      auto& places =
          is_mixture_name(stem) ? piece.mixtures : piece.stems[canonical_stem_name(stem)];
      places.push_back(path);
    }
  }
  if (!any_in_two_places(pieces)) {
    throw_no_piece(root,
                   "equal file names in a folder an instrument, "
                   "<instrument>/<piece>.wav (layout stem_folder)");
  }
  FoundDataset found;
  found.root = root;
  found.place_of = [root](const std::string& piece, const StemName& stem) {
    return root / stem / (piece + ".wav");
  };
  for (auto& [name, piece] : pieces) {
    piece.name = name;
    found.pieces.push_back(piece_of_files(piece, found.faults));
  }
  return found;
}

}  // namespace sep
