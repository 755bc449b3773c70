#pragma once

#include <cstdint>
#include <functional>

namespace sep {

/// Calls `work(i)` for i = 0 … count-1 on `num_threads` threads (0: one a core), in
/// no order. Results must go to places of their own, so that they do not depend on
/// the number of threads. After all threads have ended, throws the exception of the
/// lowest i that threw.
void parallel_for(int64_t count, int64_t num_threads, const std::function<void(int64_t)>& work);

/// Cores of this machine that this process may use; at least 1.
int64_t num_cores();

}  // namespace sep
