// All files in one folder: piece_violin.wav, piece_cello.wav, and piece_mix.wav or none.
#include <libsep/core/error.h>
#include <libsep/data/layout.h>

#include <map>

#include "my_kinds.h"

namespace {

struct MyLayoutOptions {
  std::string between = "_";

  void validate() const {
    if (between.empty()) throw sep::ConfigError("between", ": wants a letter or more");
  }

  template <class Archive>
  void visit(Archive& archive) {
    archive("between", between, "what stands between piece and instrument");
  }
};

sep::FoundDataset find_flat(const MyLayoutOptions& options,
                            const std::filesystem::path& root) {
  sep::FoundDataset found;
  found.root = root;
  std::map<std::string, sep::Piece> pieces;
  for (const auto& path : sep::list_audio(root)) {
    const auto name = path.stem().string();
    const auto end = name.rfind(options.between);
    if (end == std::string::npos) {
      found.faults.push_back(path.string() + ": wants " + options.between + " in its name");
      continue;
    }
    auto& piece = pieces[name.substr(0, end)];
    const auto instrument = name.substr(end + options.between.size());
    if (sep::is_mixture_name(instrument)) {
      piece.mixture = path;
    } else {
      sep::add_part(piece, sep::canonical_stem_name(instrument), path);
    }
  }
  if (pieces.empty())
    sep::throw_no_piece(root, "<piece>_<instrument>.wav (layout my_flat)");
  for (auto& [name, piece] : pieces) {
    piece.name = name;
    found.pieces.push_back(piece);
  }
  return found;
}

}  // namespace

void add_my_layout() {
  sep::layouts().add<MyLayoutOptions>("my_flat", "all files in one folder", find_flat);
}
