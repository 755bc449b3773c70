#include "libsep/commands/detail/run_main.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/catch.h"

TEST_CASE("a signal stops the work of every thread", "[commands]") {
  const auto progress = sep::make_progress();
  REQUIRE_FALSE(progress->stop_requested());
  std::atomic<int> num_waiting{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      ++num_waiting;
      while (!progress->stop_requested()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    });
  }
  while (num_waiting < 4) std::this_thread::yield();
  // To the process: any thread may be the one that runs the handler.
  REQUIRE(::kill(::getpid(), SIGTERM) == 0);
  for (auto& thread : threads) thread.join();
  CHECK(progress->stop_requested());
}

TEST_CASE("a command asks cuBLAS to repeat itself, unless told otherwise", "[commands]") {
  const auto asked = [] {
    CLI::App app("", "test");
    std::string name = "test";
    char* arguments[] = {name.data(), nullptr};
    std::string found;
    const int code = sep::run_main(1, arguments, app, [&] {
      const char* value = std::getenv("CUBLAS_WORKSPACE_CONFIG");
      found = value == nullptr ? "" : value;
      return 0;
    });
    CHECK(code == 0);
    return found;
  };
  ::unsetenv("CUBLAS_WORKSPACE_CONFIG");
  CHECK(asked() == ":4096:8");
  ::setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8", 1);
  CHECK(asked() == ":16:8");
}
