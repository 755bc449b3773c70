#include "libsep/eval/detail/estimate_search.h"

#include "libsep/core/error.h"
#include "libsep/core/unicode.h"
#include "libsep/data/layout.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names_of(const std::string& piece, const StemName& instrument) {
  std::vector<StemName> spellings = {instrument};
  if (instrument == "saxphone") spellings.emplace_back("saxophone");
  std::vector<std::string> names;
  for (const auto& name : spellings) {
    names.push_back(piece + "/" + piece + "-" + name);
    names.push_back(piece + "/" + name);
    names.push_back(name + "/" + piece);
  }
  return names;
}

}  // namespace

EstimateSearch::EstimateSearch(const fs::path& root) {
  for (const auto& folder : list_folders(root)) {
    for (const auto& path : list_audio(folder)) {
      const auto name = folder.filename().string() + "/" + path.stem().string();
      composed_[composed(name)].push_back(path);
      folded_[folded(name)].push_back(path);
    }
  }
}

fs::path EstimateSearch::find(const std::string& piece, const StemName& instrument) const {
  fs::path found;
  for (const auto& name : names_of(piece, instrument)) {
    const auto files = composed_.find(composed(name));
    if (files == composed_.end()) continue;
    for (const auto& path : files->second) {
      SEP_CHECK(found.empty() || fs::equivalent(path, found),
                "{}: two files for {} in {}, also {}",
                path.string(),
                instrument,
                shown_text(piece),
                found.string());
      found = path;
    }
  }
  return found;
}

fs::path EstimateSearch::find_near(const std::string& piece,
                                   const StemName& instrument) const {
  for (const auto& name : names_of(piece, instrument)) {
    const auto files = folded_.find(folded(name));
    if (files != folded_.end()) return files->second.front();
  }
  return {};
}

}  // namespace sep
