#include <algorithm>

#include "libsep/core/file_system.h"
#include "libsep/core/stem_name.h"
#include "libsep/core/unicode.h"
#include "libsep/data/downloads.h"
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

template <class Set>
void add_microphones(LayoutRegistry& registry, const char* name, const char* meaning) {
  using Options = MicrophoneOptions<Set>;
  registry.add<Options>(name, meaning, [](const Options& options, const fs::path& root) {
    return find_microphone(options.microphone, root);
  });
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
  add("song_folder",
      "a folder a piece: <piece>/violin.wav; MUSDB18-HQ, TRIOS",
      find_song_folder);
  add("urmp", "URMP: <piece>/AuSep_1_vn_….wav", find_urmp);
  add("cocochorales", "CocoChorales: <track>/stems_audio/0_violin.wav", find_cocochorales);
  add("phenicx", "PHENICX-Anechoic: audio/<piece>/violin1.wav", find_phenicx);
  add_microphones<EnsembleSet>(
      registry, "ensembleset", "EnsembleSet: <piece>/Mix_1/Violin_1.flac");
  add_microphones<SynthSod>(registry, "synthsod", "SynthSOD: <piece>/Tree/Violin_1.flac");
  registry.add<ManifestOptions>(
      "manifest", "a table of files: piece,part,instrument,path,…", find_manifest);
}

}  // namespace sep
