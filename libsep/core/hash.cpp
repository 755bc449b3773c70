#include "libsep/core/hash.h"

#include <fmt/format.h>

#define XXH_INLINE_ALL  // no library to link, here or in a program of a user's
#include <xxhash.h>

namespace sep {

std::string Fnv1a::text() const { return hash_text(hash_); }

uint64_t xxh3(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

std::string hash_text(uint64_t hash) { return fmt::format("{:016x}", hash); }

}  // namespace sep
