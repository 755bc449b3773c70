#include "libsep/core/file_system.h"

#include <unistd.h>

#include <fstream>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

using namespace sep;

namespace fs = std::filesystem;

TEST_CASE("what is there and what it is", "[core][file_system]") {
  const TemporaryFolder folder;
  std::ofstream(folder / "file") << "x";
  fs::create_symlink(folder / "file", folder / "link");
  fs::create_symlink(folder / "nowhere", folder / "dangling");
  fs::create_directory_symlink(folder.path(), folder / "loop");
  for (const char* name : {"file", "link"}) {
    CHECK(is_there(folder / name));
    CHECK(is_file(folder / name));
    CHECK_FALSE(is_folder(folder / name));
  }
  for (const char* name : {"nothing", "dangling", "file/below", "nothing/below"}) {
    INFO(name);
    CHECK_FALSE(is_there(folder / name));
    CHECK_FALSE(is_file(folder / name));
    CHECK_FALSE(is_folder(folder / name));
    CHECK(is_link_or_there(folder / name) == (std::string(name) == "dangling"));
  }
  CHECK(is_folder(folder.path()));
  CHECK(is_folder(folder / "loop"));
  CHECK(is_real_folder(folder.path()));
  CHECK(is_real_file(folder / "file"));
  CHECK_FALSE(is_real_file(folder / "link"));
  CHECK_FALSE(is_real_folder(folder / "loop"));
  CHECK_FALSE(is_real_folder(folder / "nothing"));
  CHECK(is_same_file(folder / "file", folder / "link"));
  CHECK_FALSE(is_same_file(folder / "file", folder / "nothing"));
}

TEST_CASE("a folder is listed by name and emptied", "[core][file_system]") {
  const TemporaryFolder folder;
  for (const char* name : {"b", ".hidden", "a"}) std::ofstream(folder / name) << "x";
  const std::vector<fs::path> wanted = {folder / ".hidden", folder / "a", folder / "b"};
  CHECK(list_folder(folder.path()) == wanted);
  CHECK(is_hidden(wanted[0]));
  CHECK_FALSE(is_hidden(wanted[1]));
  for (const auto& path : wanted) remove_file(path);
  CHECK_NOTHROW(remove_file(wanted[0]));
  CHECK(list_folder(folder.path()).empty());
}

TEST_CASE("what the system refuses is an Error with path and reason",
          "[core][file_system][failure]") {
  const TemporaryFolder folder;
  std::ofstream(folder / "file") << "x";
  fs::create_symlink(folder / "round", folder / "round");
  const fs::path too_long = folder / std::string(300, 'a');
  const auto refused = [](const fs::path& path, const auto& ask) {
    const auto message = message_of([&] { ask(path); });
    INFO(message);
    CHECK(message.rfind(path.string() + ": ", 0) == 0);
  };
  for (const auto& path : {too_long, folder / "round"}) {
    refused(path, is_there);
    refused(path, is_folder);
    refused(path, is_file);
    refused(path, list_folder);
  }
  refused(too_long, is_real_folder);
  refused(too_long, remove_file);
  refused(folder / "file", list_folder);
  refused(folder / "nothing", list_folder);
  refused(folder.path(), remove_file);  // not empty
  CHECK(message_of([&] { is_same_file(too_long, folder / "file"); }) != "no error");
}

TEST_CASE("a folder for temporary files that is none is an Error",
          "[core][file_system][failure]") {
  const TemporaryFolder folder;
  const char* const before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TMPDIR", (folder / "nothing").c_str(), 1);
  CHECK(message_of([] { folder_for_temporaries(); }).rfind("$TMPDIR: is no folder: ", 0) ==
        0);
  if (before == nullptr) {
    ::unsetenv("TMPDIR");
  } else {
    ::setenv("TMPDIR", kept.c_str(), 1);
  }
  CHECK(is_folder(folder_for_temporaries()));
}
