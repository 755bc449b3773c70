#include "libsep/core/hash.h"

#include <fmt/format.h>

namespace sep {

std::string Fnv1a::text() const { return fmt::format("{:016x}", hash_); }

}  // namespace sep
