#pragma once

#include <vector>

#include "libsep/core/stem_name.h"

namespace sep {

/// Bach10's instruments in the order of the published tables. "saxphone" is the
/// dataset's spelling (canonical_stem_name()).
const std::vector<StemName>& bach10_instruments();

}  // namespace sep
