#pragma once

#include <string>
#include <vector>

#include "libsep/core/stem_name.h"
#include "libsep/data/dataset.h"

namespace sep {

/// What one model of a run is to separate: its stems, and the name that folders and tables
/// know it by.
struct Target {
  StemName name;                ///< "violin"; "joint"; "clarinet+violin"
  std::vector<StemName> stems;  ///< sorted
};

/// `targets` of an experiment: `each`, a model for each instrument of the dataset, as the
/// thesis; `joint`, one for all of them; or groups, a model each:
///
///     targets: joint
///     targets: [[clarinet, violin], [bassoon]]
///
/// A joint network knows what it has given to another stem, and costs one training instead
/// of several; single ones can be trained side by side and one by one.
using Targets = std::vector<std::vector<std::string>>;

/// Throws ConfigError (key `targets`) for a group that is empty, an instrument that is
/// named twice, and `each` or `joint` among others.
void check_targets(const Targets& targets);

/// The models of a run, in the order of training: that of the dataset's instruments, or as
/// the groups stand. Throws ConfigError for an instrument that the dataset lacks, and for
/// `joint` where it has one alone.
std::vector<Target> targets_of(const Targets& targets, const Dataset& dataset);

/// for_targets() of all models of a run.
Dataset for_all_targets(const Targets& targets, const DataOptions& data, Dataset dataset);

/// The target of that name among them. Throws Error that lists them.
const Target& find_target(const std::vector<Target>& targets, const StemName& name);

}  // namespace sep
