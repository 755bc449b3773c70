#include "libsep/core/file_group.h"

#include <unistd.h>

#include <fstream>
#include <map>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

namespace fs = std::filesystem;

namespace {

std::map<std::string, std::string> contents_of(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    files[entry.path().filename().string()] =
        entry.is_directory() ? "a folder" : read_text(entry.path());
  }
  return files;
}

using Files = std::map<std::string, std::string>;

}  // namespace

TEST_CASE("files of a group get their names together", "[core][file_group]") {
  const TemporaryFolder folder;
  std::ofstream(folder / "a") << "old a";
  {
    sep::FileGroup group;
    group.write(folder / "a", "new a");
    group.write(folder / "b", "new b");
    CHECK(read_text(folder / "a") == "old a");
    CHECK_FALSE(fs::exists(folder / "b"));
    group.commit();
  }
  CHECK(contents_of(folder.path()) == Files{{"a", "new a"}, {"b", "new b"}});
}

TEST_CASE("without commit nothing is left of a group", "[core][file_group]") {
  const TemporaryFolder folder;
  std::ofstream(folder / "a") << "old a";
  {
    sep::FileGroup group;
    group.write(folder / "a", "new a");
    group.write(folder / "b", "new b");
  }
  CHECK(contents_of(folder.path()) == Files{{"a", "old a"}});
}

TEST_CASE("a rename that fails leaves all as it was", "[core][file_group][failure]") {
  const TemporaryFolder folder;
  fs::create_directories(folder / "out");
  const auto out = folder / "out";
  std::ofstream(out / "a") << "old a";
  fs::create_symlink("elsewhere", out / "link");
  const auto write_all = [&](const fs::path& last) {
    sep::FileGroup group;
    group.write(out / "a", "new a");
    group.write(out / "b", "new b");
    group.write(out / "link", "new link");
    const auto temporary = folder / "last";
    std::ofstream(temporary) << "x";
    group.add(temporary, last);
    group.commit();
  };
  // No such folder: the last of the renames fails.
  CHECK_THROWS_AS(write_all(out / "absent/c"), sep::Error);
  CHECK(contents_of(out) == Files{{"a", "old a"}, {"link", ""}});
  CHECK(fs::read_symlink(out / "link") == "elsewhere");
  fs::create_directories(out / "c");
  CHECK_THROWS_AS(write_all(out / "c"), sep::Error);
  CHECK(contents_of(out) == Files{{"a", "old a"}, {"link", ""}, {"c", "a folder"}});
  CHECK_FALSE(fs::exists(folder / "last"));
}

TEST_CASE("a temporary that is gone is found before anything is renamed",
          "[core][file_group][failure]") {
  const TemporaryFolder folder;
  std::ofstream(folder / "a") << "old a";
  sep::FileGroup group;
  group.write(folder / "a", "new a");
  group.add(folder / "gone", folder / "b");
  CHECK_THROWS_AS(group.commit(), sep::Error);
  CHECK(read_text(folder / "a") == "old a");
  CHECK_FALSE(fs::exists(folder / "b"));
}
