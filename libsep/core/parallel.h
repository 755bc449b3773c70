#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

namespace sep {

/// Calls `work(i)` for i = 0 … count-1 on `num_threads` threads (0: one a core; the
/// caller's is one of them, so 1 starts none), in no order. Results must go to places of
/// their own, so that they do not depend on the number of threads. After a call has
/// thrown no further one is begun; once all threads have ended, throws the exception of
/// the lowest i, which is the same with any number of threads. Throws Error for
/// num_threads < 0; does nothing for count <= 0.
void parallel_for(int64_t count,
                  int64_t num_threads,
                  const std::function<void(int64_t)>& work);

/// Cores of this machine that this process may use; at least 1.
int64_t num_cores();

/// Memory of this machine or, where that is less, what the container this runs in may use,
/// by the limit at the root of its control groups; bytes.
int64_t memory_bytes(const std::filesystem::path& control_groups = "/sys/fs/cgroup");

}  // namespace sep
