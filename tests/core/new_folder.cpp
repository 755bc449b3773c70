#include "libsep/core/new_folder.h"

#include <fstream>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

namespace fs = std::filesystem;

TEST_CASE("a new folder goes again where it stays empty", "[core][new_folder]") {
  const TemporaryFolder folder;
  {
    const sep::NewFolder made(folder / "a/b/c/");
    CHECK(fs::is_directory(folder / "a/b/c"));
  }
  CHECK_FALSE(fs::exists(folder / "a"));
  {
    const sep::NewFolder made(folder / "a/b/c");
    std::ofstream(folder / "a/file") << "x";
  }
  CHECK_FALSE(fs::exists(folder / "a/b"));
  CHECK(fs::exists(folder / "a/file"));
}

TEST_CASE("an old folder stays", "[core][new_folder]") {
  const TemporaryFolder folder;
  fs::create_directories(folder / "old");
  { const sep::NewFolder same(folder / "old"); }
  CHECK(fs::exists(folder / "old"));
}

TEST_CASE("a file in a folder's place is an error", "[core][new_folder][failure]") {
  const TemporaryFolder folder;
  std::ofstream(folder / "file") << "x";
  CHECK_THROWS_AS(sep::NewFolder(folder / "file"), sep::Error);
  CHECK_THROWS_AS(sep::NewFolder(folder / "file/below"), sep::Error);
  CHECK(fs::exists(folder / "file"));
}
