#include <algorithm>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/core/unicode.h"
#include "libsep/data/detail/faults.h"
#include "libsep/data/detail/inspection.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

/// Of one piece: its parts by their ids.
void put_in_order(Piece& piece, const fs::path& root, Faults& faults) {
  auto parts = std::move(piece.parts);
  piece.parts.clear();
  // Ids that are given first: those that are made must not take them.
  std::stable_partition(
      parts.begin(), parts.end(), [](const Part& part) { return !part.id.empty(); });
  for (auto& part : parts) {
    if (has_part(piece, part.id)) {
      add_fault(faults, root, "two parts of {} are called {}", piece.name, part.id);
    } else {
      add_part(piece, std::move(part));
    }
  }
}

void put_in_order(FoundDataset& found) {
  auto& pieces = found.pieces;
  SEP_CHECK(!pieces.empty(), "{}: no piece found", found.root.string());
  for (auto& piece : pieces) {
    piece.name = composed(piece.name);
    put_in_order(piece, found.root, found.faults);
  }
  std::stable_sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) {
    return a.name < b.name;
  });
  for (size_t i = 1; i < pieces.size(); ++i) {
    if (pieces[i].name != pieces[i - 1].name) continue;
    add_fault(found.faults, found.root, "two pieces are called {}", pieces[i].name);
  }
}

/// Ids that were made of labels are made anew of what those are called now.
void rename(FoundDataset& found, const NameMap& map) {
  NameMap names;
  for (const auto& [name, other] : map) {
    names[canonical_stem_name(name)] = canonical_stem_name(other);
  }
  for (auto& piece : found.pieces) {
    for (auto& part : piece.parts) {
      found.labels.insert(part.instrument);
      const auto other = names.find(part.instrument);
      if (other == names.end()) continue;
      if (part.id == part.instrument) part.id.clear();
      part.instrument = other->second;
    }
  }
}

}  // namespace

FoundDataset find_pieces(const fs::path& root, const DataOptions& options) {
  options.validate();
  FoundDataset found = options.layout.make(root);
  found.root = root;
  rename(found, options.map);
  put_in_order(found);
  return found;
}

}  // namespace sep
