#include "libsep/core/file_lock.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace sep;

TEST_CASE("a folder has one holder, who is named", "[core]") {
  const TemporaryFolder folder;
  std::optional<FolderLock> first(std::in_place, folder.path(), "sep-train");
  try {
    const FolderLock second(folder.path(), "sep-train");
    FAIL("two locks on one folder");
  } catch (const Error& error) {
    const std::string message = error.what();
    CHECK(message.find(folder.path().string() + ": in use by process " +
                       std::to_string(::getpid())) == 0);
    CHECK(message.find("(sep-train)") != std::string::npos);
  }
  first.reset();
  CHECK_NOTHROW(FolderLock(folder.path(), "sep-train"));
}

TEST_CASE("a lock moves with its owner", "[core]") {
  const TemporaryFolder folder;
  std::optional<FolderLock> first(std::in_place, folder.path(), "a");
  const FolderLock moved(std::move(*first));
  first.reset();
  CHECK_THROWS_AS(FolderLock(folder.path(), "b"), Error);
}

TEST_CASE("a process that was killed holds nothing", "[core]") {
  const TemporaryFolder folder;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const FolderLock lock(folder.path(), "child");
    [[maybe_unused]] const auto written = ::write(ready[1], "x", 1);
    ::pause();
    ::_exit(0);
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  CHECK_THROWS_AS(FolderLock(folder.path(), "parent"), Error);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK_NOTHROW(FolderLock(folder.path(), "parent"));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("a folder that is not there cannot be held", "[core][failure]") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(FolderLock(folder / "absent", "x"), Error);
}
