#include "libsep/core/version.h"

#include "git_revision.h"  // written at build time by cmake/SepGitRevision.cmake

namespace sep {

std::string version() { return LIBSEP_VERSION; }
std::string git_revision() { return LIBSEP_GIT_REVISION; }

}  // namespace sep
