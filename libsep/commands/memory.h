#pragma once

#include <malloc.h>

#include <limits>

namespace sep {

/// Lets malloc keep what is freed for the next iteration, in one place for all threads:
/// tensors of tens of MB, else given back and fetched again a page fault every 4 kB, cost
/// a training of model A 40 % of its processor time. A matter of the process, and so of
/// the commands, which call it, and of programs that train by themselves.
inline void keep_freed_memory() {
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_TOP_PAD, 64 << 20);
}

}  // namespace sep
