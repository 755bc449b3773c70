#include "libsep/data/dataset.h"

#include <utility>

#include "libsep/core/error.h"
#include "libsep/core/unicode.h"
#include "libsep/data/detail/inspection.h"

namespace sep {

namespace fs = std::filesystem;

size_t Dataset::piece_index(const std::string& name) const {
  const auto wanted = composed(name);
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (composed(pieces[i].name) == wanted) return i;
  }
  throw Error(fmt::format("{}: no piece is called {}", root.string(), shown_text(name)));
}

Dataset open_dataset(const fs::path& root, const DataOptions& options) {
  DatasetInspection inspection = inspect_dataset(root, options);
  if (!inspection.faults.empty()) throw ErrorList(std::move(inspection.faults));
  return std::move(inspection.dataset);
}

Dataset open_dataset(const fs::path& root, const std::string& layout) {
  DataOptions options;
  options.layout = Kind<layouts>(layout);
  return open_dataset(root, options);
}

Dataset open_data(const DataOptions& options) {
  DatasetInspection inspection = inspect_data(options);
  if (!inspection.faults.empty()) throw ErrorList(std::move(inspection.faults));
  return std::move(inspection.dataset);
}

Dataset open_chosen_dataset(const DataOptions& options,
                            const std::vector<fs::path>& above) {
  return open_data(chosen_data(options, above));
}

}  // namespace sep
