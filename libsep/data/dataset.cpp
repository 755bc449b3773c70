#include "libsep/data/dataset.h"

#include <cstdlib>
#include <utility>

#include "libsep/core/error.h"
#include "libsep/data/detail/inspection.h"

namespace sep {

namespace fs = std::filesystem;

size_t Dataset::piece_index(const std::string& name) const {
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].name == name) return i;
  }
  throw Error(fmt::format("{}: no piece is called {}", root.string(), shown_text(name)));
}

Dataset open_dataset(const fs::path& root, DatasetLayout layout) {
  DatasetInspection inspection = inspect_dataset(root, layout);
  if (!inspection.faults.empty()) throw ErrorList(std::move(inspection.faults));
  return std::move(inspection.dataset);
}

fs::path default_dataset_root() {
  const char* root = std::getenv("BACH10_ROOT");
  return root != nullptr ? fs::path(root) : fs::path();
}

}  // namespace sep
