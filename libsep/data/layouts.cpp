#include <algorithm>

#include "libsep/core/file_system.h"
#include "libsep/core/stem_name.h"
#include "libsep/core/unicode.h"
#include "libsep/data/layout.h"
#include "libsep/data/manifest.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

struct NoOptions {
  template <class Archive>
  void visit(Archive& /*archive*/) {}
};

FoundDataset find_any(const fs::path& root) {
  if (folded(root.extension().string()) == ".csv" && is_file(root)) {
    return find_manifest({}, root);
  }
  const auto folders = list_folders(root);
  const bool any_of_mixtures =
      std::any_of(folders.begin(), folders.end(), [](const fs::path& folder) {
        return is_mixture_name(folder.filename().string());
      });
  return any_of_mixtures ? find_stem_folder(root) : find_bach10(root);
}

}  // namespace

LayoutRegistry& layouts() {
  static auto* const registry = [] {
    auto* made = new LayoutRegistry("layout");
    add_layouts(*made);
    return made;
  }();
  return *registry;
}

void add_layouts(LayoutRegistry& registry) {
  const auto add = [&](const char* name, const char* meaning, auto find) {
    registry.add<NoOptions>(name, meaning, [find](const NoOptions&, const fs::path& root) {
      return find(root);
    });
  };
  add("auto",
      "manifest for a .csv, stem_folder where there is a folder of mixtures, else bach10",
      find_any);
  add("bach10", "a folder a piece: <piece>/<piece>-violin.wav", find_bach10);
  add("stem_folder", "a folder a stem: violin/<piece>.wav", find_stem_folder);
  registry.add<ManifestOptions>(
      "manifest", "a table of files: piece,part,instrument,path,…", find_manifest);
}

}  // namespace sep
