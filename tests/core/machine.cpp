#include "libsep/core/machine.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "tests/support/catch.h"
#include "tests/support/paths.h"

TEST_CASE("there is at least one core", "[core][machine]") {
  CHECK(sep::num_cores() >= 1);
  CHECK(sep::num_cores() <= std::max(1U, std::thread::hardware_concurrency()));
}

TEST_CASE("a container's limit counts where it is less than the machine",
          "[core][machine]") {
  const TemporaryFolder folder;
  const auto machine = int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE);
  const auto limited = [&](const std::string& name, const std::string& text) {
    const auto path = folder / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    const auto bytes = sep::memory_bytes(folder.path());
    std::filesystem::remove(path);
    return bytes;
  };
  CHECK(sep::memory_bytes(folder.path()) == machine);
  for (const std::string name : {"memory.max", "memory/memory.limit_in_bytes"}) {
    CHECK(limited(name, "104857600\n") == 104857600);
    for (const char* none : {"max\n", "9223372036854771712\n", "", "-1\n"}) {
      CHECK(limited(name, none) == machine);
    }
  }
  CHECK(sep::memory_bytes() > 0);
  CHECK(sep::memory_bytes() <= machine);
}
