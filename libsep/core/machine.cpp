#include "libsep/core/machine.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

namespace sep {

int64_t num_cores() {
  cpu_set_t cores;
  if (::sched_getaffinity(0, sizeof(cores), &cores) == 0) {
    return std::max(1, CPU_COUNT(&cores));
  }
  return std::max(1U, std::thread::hardware_concurrency());
}

int64_t memory_bytes(const std::filesystem::path& control_groups) {
  auto bytes = int64_t{::sysconf(_SC_PHYS_PAGES)} * int64_t{::sysconf(_SC_PAGESIZE)};
  // Without a limit, version 2 says "max", version 1 a huge number, or there is no file.
  for (const char* name : {"memory.max", "memory/memory.limit_in_bytes"}) {
    int64_t limit = 0;
    if (std::ifstream(control_groups / name) >> limit && limit > 0) {
      bytes = std::min(bytes, limit);
    }
  }
  return bytes;
}

}  // namespace sep
