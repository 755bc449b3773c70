#include "libsep/data/dataset.h"

#include <cstdlib>
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

void DataOptions::validate() const {
  constexpr int64_t kMaxRate = 10'000'000;
  if (sample_rate < 0 || sample_rate > kMaxRate) {
    throw ConfigError(
        "sample_rate",
        fmt::format(
            " = {}: wants 1 to {}, or 0 for that of the files", sample_rate, kMaxRate));
  }
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

fs::path default_dataset_root() {
  const char* root = std::getenv("BACH10_ROOT");
  return root != nullptr ? fs::path(root) : fs::path();
}

Dataset open_chosen_dataset(const DataOptions& options, const fs::path& above) {
  auto root = above;
  if (root.empty()) root = options.path;
  if (root.empty()) root = default_dataset_root();
  SEP_CHECK(!root.empty(),
            "no dataset given: wants --data DIR, data.path in the config or $BACH10_ROOT");
  return open_dataset(root, options);
}

}  // namespace sep
