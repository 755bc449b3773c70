#include "libsep/data/bach10.h"

#include "libsep/core/error.h"
#include "libsep/core/unicode.h"
#include "libsep/data/layout.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

void add_file(NamedFiles& piece, const fs::path& path) {
  const std::string name = composed(path.stem().string());
  const std::string prefix = piece.name + "-";
  if (name == piece.name) {
    piece.mixtures.push_back(path);
  } else if (name.size() > prefix.size() && name.rfind(prefix, 0) == 0) {
    const StemName stem = canonical_stem_name(name.substr(prefix.size()));
    auto& places = is_mixture_name(stem) ? piece.mixtures : piece.stems[stem];
    places.push_back(path);
  }
}

NamedFiles find_files(const fs::path& folder, const std::vector<fs::path>& files) {
  NamedFiles piece;
  piece.name = composed(folder.filename().string());
  for (const auto& path : files) add_file(piece, path);
  return piece;
}

}  // namespace

const std::vector<StemName>& bach10_instruments() {
  static const std::vector<StemName> instruments = {
      "violin", "bassoon", "clarinet", "saxphone"};
  return instruments;
}

FoundDataset find_bach10(const fs::path& root) {
  FoundDataset found;
  found.root = root;
  found.place_of = [root](const std::string& piece, const StemName& stem) {
    return root / piece / (piece + "-" + stem + ".wav");
  };
  for (const auto& folder : list_folders(root)) {
    const auto files = list_audio(folder);
    if (files.empty()) continue;
    const NamedFiles piece = find_files(folder, files);
    if (piece.mixtures.empty() && piece.stems.empty()) {
      found.faults.push_back(fmt::format(
          "{}: wants {}-<instrument>.wav, found {}{}",
          folder.string(),
          piece.name,
          files.front().filename().string(),
          files.size() > 1 ? fmt::format(" and {} more", files.size() - 1) : ""));
    } else {
      found.pieces.push_back(piece_of_files(piece, found.faults));
    }
  }
  if (found.pieces.empty()) {
    throw_no_piece(root,
                   "<piece>/<piece>-<instrument>.wav (layout bach10) or "
                   "<instrument>/<piece>.wav (layout stem_folder)");
  }
  return found;
}

}  // namespace sep
