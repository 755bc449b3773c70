#pragma once

#include <cstdint>
#include <filesystem>

namespace sep {

/// Cores of this machine that this process may use; at least 1.
int64_t num_cores();

/// Memory of this machine or, where that is less, what the container this runs in may use,
/// by the limit at the root of its control groups; bytes.
int64_t memory_bytes(const std::filesystem::path& control_groups = "/sys/fs/cgroup");

}  // namespace sep
