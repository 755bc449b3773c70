#include "libsep/data/data_options.h"

#include <algorithm>
#include <cstdlib>

#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/stem_name.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr double kMaxWeight = 1e6;

void check_map(const NameMap& map) {
  NameMap canonical;
  for (const auto& [name, other] : map) {
    const auto key = "map." + shown_text(name);
    const auto problem = stem_name_problem(other);
    if (!problem.empty()) {
      throw ConfigError(key, fmt::format(": wants another name, found {}", problem));
    }
    const auto [before, is_new] =
        canonical.emplace(canonical_stem_name(name), canonical_stem_name(other));
    if (is_new || before->second == canonical_stem_name(other)) continue;
    throw ConfigError(
        key, fmt::format(" = {}: it is to be {} too", shown_text(other), before->second));
  }
}

}  // namespace

void DataOptions::validate() const {
  constexpr int64_t kMaxRate = 10'000'000;
  if (sample_rate < 0 || sample_rate > kMaxRate) {
    throw ConfigError(
        "sample_rate",
        fmt::format(
            " = {}: wants 1 to {}, or 0 for that of the files", sample_rate, kMaxRate));
  }
  check_map(map);
  check_bounds("weight", weight, 0.0, kMaxWeight);
  for (size_t i = 0; i < also.size(); ++i) {
    const auto key = fmt::format("also[{}].weight", i);
    check_bounds(key.c_str(), also[i].weight, 0.0, kMaxWeight);
    if ((also[i].weight > 0.0) == (weight > 0.0)) continue;
    throw ConfigError(key,
                      fmt::format(" = {}: wants weights of all datasets or of none, weight "
                                  "is {}",
                                  also[i].weight,
                                  weight));
  }
}

fs::path default_dataset_root() {
  const char* root = std::getenv("BACH10_ROOT");
  return root != nullptr ? fs::path(root) : fs::path();
}

DataOptions chosen_data(const DataOptions& options, const std::vector<fs::path>& above) {
  auto chosen = options;
  if (!above.empty()) chosen.path = above.front().string();
  if (chosen.path.empty()) chosen.path = default_dataset_root().string();
  SEP_CHECK(!chosen.path.empty(),
            "no dataset given: wants --data DIR, data.path in the config or $BACH10_ROOT");
  for (size_t i = 1; i < above.size(); ++i) {
    if (i > chosen.also.size()) chosen.also.emplace_back();
    chosen.also[i - 1].path = above[i].string();
  }
  chosen.validate();
  for (size_t i = 0; i < chosen.also.size(); ++i) {
    SEP_CHECK(!chosen.also[i].path.empty(),
              "data.also[{}].path is empty: wants a dataset there, or so many --data",
              i);
  }
  return chosen;
}

DataOptions with_absolute_paths(DataOptions options) {
  options.path = absolute_path(options.path).string();
  for (auto& further : options.also) further.path = absolute_path(further.path).string();
  return options;
}

std::vector<std::string> data_paths(const DataOptions& options) {
  std::vector<std::string> paths = {options.path};
  for (const auto& further : options.also) paths.push_back(further.path);
  return paths;
}

}  // namespace sep
