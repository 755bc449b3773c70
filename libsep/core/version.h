#pragma once

#include <string>

namespace sep {

/// "0.1.0".
std::string version();

/// The git revision libsep was built from, with "-dirty" where files were changed;
/// "unknown" outside a repository.
std::string git_revision();

}  // namespace sep
