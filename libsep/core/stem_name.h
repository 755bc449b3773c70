#pragma once

#include <string>

namespace sep {

/// An instrument of a dataset, "violin"; its reference recording is a stem.
using StemName = std::string;

/// "saxophone" -> "saxphone", Bach10's spelling, which everything here writes; any other
/// name unchanged.
StemName canonical_stem_name(const StemName& name);

}  // namespace sep
