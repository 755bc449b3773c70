#include "libsep/core/version.h"

#include <algorithm>
#include <cstdlib>

#include "libsep/core/atomic_file.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

namespace {

// Runs the script that the build runs, on `source`, and gives what it found.
std::string revision_of(const std::filesystem::path& source,
                        const std::filesystem::path& header) {
  const std::string command = "cmake -DSOURCE_DIR='" + source.string() + "' -DHEADER='" +
                              header.string() + "' -P '" + LIBSEP_SOURCE_DIR +
                              "/libsep/cmake/SepGitRevision.cmake'";
  REQUIRE(std::system(command.c_str()) == 0);
  const std::string text = sep::read_file(header);
  const size_t begin = text.find('"') + 1;
  return text.substr(begin, text.rfind('"') - begin);
}

void git(const std::filesystem::path& folder, const std::string& arguments) {
  const std::string command = "git -C '" + folder.string() +
                              "' -c user.name=test -c user.email=test@localhost "
                              "-c commit.gpgsign=false " +
                              arguments;
  REQUIRE(std::system(command.c_str()) == 0);
}

bool is_hash(const std::string& text) {
  return text.size() == 40 &&
         text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

TEST_CASE("the version has three numbers", "[core][version]") {
  const std::string version = sep::version();
  CHECK(std::count(version.begin(), version.end(), '.') == 2);
  CHECK(version.find_first_not_of("0123456789.") == std::string::npos);
}

TEST_CASE("the build knows its revision", "[core][version]") {
  const std::string revision = sep::git_revision();
  const std::string dirty = "-dirty";
  const bool is_dirty =
      revision.size() == 40 + dirty.size() && revision.substr(40) == dirty;
  CHECK((revision == "unknown" || is_hash(revision.substr(0, 40))));
  CHECK((revision == "unknown" || revision.size() == 40 || is_dirty));
}

TEST_CASE("a revision is found, and told from a changed one", "[core][version]") {
  if (std::system("git --version > /dev/null 2>&1") != 0) SEP_SKIP("no git");
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "repository/inner");
  const auto repository = folder / "repository";
  const auto header = folder / "revision.h";
  CHECK(revision_of(repository, header) == "unknown");
  git(repository, "init -q");
  CHECK(revision_of(repository, header) == "unknown");  // nothing committed yet
  sep::write_file_atomically(repository / "file", "one");
  git(repository, "add file");
  git(repository, "commit -q -m first");
  const std::string clean = revision_of(repository, header);
  CHECK(is_hash(clean));
  CHECK(revision_of(repository / "inner", header) == "unknown");  // another project's
  CHECK(revision_of(repository, header) == clean);

  const auto written = std::filesystem::last_write_time(header);
  std::filesystem::last_write_time(header, written - std::chrono::hours(1));
  revision_of(repository, header);
  CHECK(std::filesystem::last_write_time(header) == written - std::chrono::hours(1));

  sep::write_file_atomically(repository / "file", "two");
  CHECK(revision_of(repository, header) == clean + "-dirty");
}
