#include "libsep/experiment/targets.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "libsep/core/config.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

const std::string kEach = "each";
const std::string kJoint = "joint";

std::vector<StemName> stems_of(const std::vector<std::string>& group) {
  std::vector<StemName> stems;
  for (const auto& name : group) stems.push_back(canonical_stem_name(name));
  std::sort(stems.begin(), stems.end());
  return stems;
}

bool is_word(const Targets& targets, const std::string& word) {
  return targets == Targets{{word}};
}

std::vector<StemName> sorted(std::vector<StemName> names) {
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

void check_targets(const Targets& targets) {
  if (is_word(targets, kEach) || is_word(targets, kJoint)) return;
  const auto refuse = [&](const std::string& problem) {
    throw ConfigError("targets", ": " + problem);
  };
  if (targets.empty()) refuse("wants each, joint, or groups of instruments");
  std::set<StemName> seen;
  for (const auto& group : targets) {
    if (group.empty()) refuse("a group without instruments");
    for (const auto& stem : stems_of(group)) {
      if (stem == kEach || stem == kJoint) refuse(stem + " stands alone");
      if (stem.empty()) refuse("an instrument without a name");
      if (!seen.insert(stem).second) refuse(stem + " is named twice");
    }
  }
}

std::vector<Target> targets_of(const Targets& targets, const Dataset& dataset) {
  const auto& known = dataset.instruments;
  std::vector<Target> result;
  if (is_word(targets, kEach)) {
    for (const auto& name : known) result.push_back({name, {name}});
    return result;
  }
  if (is_word(targets, kJoint)) {
    if (known.size() < 2) {
      throw ConfigError("targets",
                        fmt::format(" = joint: {} has {} alone, wants several instruments",
                                    dataset.root.string(),
                                    fmt::join(known, ", ")));
    }
    return {{kJoint, sorted(known)}};
  }
  for (const auto& group : targets) {
    const auto stems = stems_of(group);
    for (const auto& stem : stems) {
      if (std::find(known.begin(), known.end(), stem) != known.end()) continue;
      throw ConfigError("targets",
                        fmt::format(": no instrument '{}' in {}, there are {}",
                                    stem,
                                    dataset.root.string(),
                                    fmt::join(known, ", ")));
    }
    result.push_back({fmt::format("{}", fmt::join(stems, "+")), stems});
  }
  return result;
}

Dataset for_all_targets(const Targets& targets, const DataOptions& data, Dataset dataset) {
  std::vector<StemName> stems;
  for (const auto& target : targets_of(targets, dataset)) {
    stems.insert(stems.end(), target.stems.begin(), target.stems.end());
  }
  return for_targets(std::move(dataset), stems, data.others);
}

const Target& find_target(const std::vector<Target>& targets, const StemName& name) {
  const auto found = std::find_if(
      targets.begin(), targets.end(), [&](const Target& t) { return t.name == name; });
  std::vector<StemName> names;
  for (const auto& target : targets) names.push_back(target.name);
  SEP_CHECK(
      found != targets.end(), "no target '{}', there are {}", name, fmt::join(names, ", "));
  return *found;
}

}  // namespace sep
