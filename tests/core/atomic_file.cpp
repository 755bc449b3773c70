#include "libsep/core/atomic_file.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

namespace fs = std::filesystem;
using Catch::Matchers::Contains;

namespace {

int64_t num_entries(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

// A file system of 64 kB, where this process may mount one.
class SmallDisk {
 public:
  explicit SmallDisk(const fs::path& path) : path_(path) {
    fs::create_directories(path);
    mounted_ = ::mount("none", path.c_str(), "tmpfs", 0, "size=64k") == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount(path_.c_str());
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool mounted() const { return mounted_; }

 private:
  fs::path path_;
  bool mounted_ = false;
};

}  // namespace

TEST_CASE("a file reads back as written", "[core][atomic_file][property]") {
  const TemporaryFolder folder;
  const auto size = GENERATE(size_t{0}, 1, 4095, 4096, 1048575, 1048576, 1048577, 3000000);
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 131 >> 3);
  sep::write_file_atomically(folder / "a.bin", bytes);
  CHECK(sep::read_file(folder / "a.bin") == bytes);
  CHECK(num_entries(folder.path()) == 1);
}

TEST_CASE("a file replaces the one before, even by less", "[core][atomic_file]") {
  const TemporaryFolder folder;
  sep::write_file_atomically(folder / "a", "the longer text");
  sep::write_file_atomically(folder / "a", "short");
  CHECK(sep::read_file(folder / "a") == "short");
}

TEST_CASE("a path without a folder means the current one", "[core][atomic_file]") {
  const TemporaryFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  sep::write_file_atomically("here.txt", "x");
  fs::current_path(before);
  CHECK(sep::read_file(folder / "here.txt") == "x");
}

TEST_CASE("a new file has the permissions of the umask", "[core][atomic_file]") {
  const TemporaryFolder folder;
  const mode_t before = ::umask(022);
  sep::write_file_atomically(folder / "a", "x");
  ::umask(before);
  CHECK((fs::status(folder / "a").permissions() & fs::perms::mask) == fs::perms(0644));
}

TEST_CASE("temporaries are hidden siblings, each another", "[core][atomic_file]") {
  const fs::path path = "some/where/best.safetensors";
  const fs::path first = sep::temporary_beside(path);
  CHECK(first != sep::temporary_beside(path));
  CHECK(sep::is_temporary(first));
  CHECK(sep::is_temporary(sep::temporary_beside("no_extension")));
  CHECK(sep::is_temporary(sep::temporary_beside("a.b.tar.gz")));
  for (const char* other : {"a.wav",
                            ".notes.tmp.md",
                            ".a.12-0123abcd-0.tmp.md.bak",
                            "a.12-0123abcd-0.tmp.md",
                            ".a.12-0123ABCD-0.tmp.md",
                            ""}) {
    INFO(other);
    CHECK_FALSE(sep::is_temporary(other));
  }
  CHECK(first.parent_path() == path.parent_path());
  CHECK(first.extension() == ".safetensors");
  CHECK(first.filename().string().front() == '.');
}

TEST_CASE("a name as long as names may be can be written", "[core][atomic_file]") {
  const TemporaryFolder folder;
  const std::string name(255, 'n');
  sep::write_file_atomically(folder / name, "x");
  CHECK(sep::read_file(folder / name) == "x");
}

TEST_CASE("a temporary of another library gets its name", "[core][atomic_file]") {
  const TemporaryFolder folder;
  const fs::path temporary = sep::temporary_beside(folder / "a.wav");
  std::ofstream(temporary) << "audio";
  sep::commit_temporary(temporary, folder / "a.wav");
  CHECK(sep::read_file(folder / "a.wav") == "audio");
  CHECK_FALSE(fs::exists(temporary));
}

TEST_CASE("a target that is no file leaves nothing behind",
          "[core][atomic_file][failure]") {
  const TemporaryFolder folder;
  fs::create_directories(folder / "taken/inside");
  CHECK_THROWS_WITH(sep::write_file_atomically(folder / "taken", "x"),
                    Contains("taken: cannot be written: Is a directory"));
  CHECK_THROWS_AS(sep::write_file_atomically(folder / "taken", "x"), sep::Error);
  CHECK_THROWS_AS(sep::write_file_atomically(folder / "taken/", "x"), sep::Error);
  CHECK_THROWS_AS(sep::write_file_atomically("", "x"), sep::Error);
  CHECK_THROWS_AS(sep::write_file_atomically(folder / "..", "x"), sep::Error);
  CHECK(num_entries(folder.path()) == 1);
  CHECK(num_entries(folder / "taken") == 1);
}

TEST_CASE("a folder that is none is the user's mistake", "[core][atomic_file][failure]") {
  const TemporaryFolder folder;
  sep::write_file_atomically(folder / "file", "x");
  CHECK_THROWS_WITH(sep::write_file_atomically(folder / "file/a", "x"),
                    Contains("file/a: cannot be written: Not a directory"));
  CHECK_THROWS_WITH(sep::write_file_atomically(folder / "missing/a", "x"),
                    Contains("missing/a: cannot be written: No such file"));
  CHECK_THROWS_AS(sep::write_file_atomically(folder / "missing/a", "x"), sep::Error);
}

TEST_CASE("a lost temporary does not become a file", "[core][atomic_file][failure]") {
  const TemporaryFolder folder;
  sep::write_file_atomically(folder / "a", "old");
  CHECK_THROWS_AS(sep::commit_temporary(folder / "no-temporary", folder / "a"), sep::Error);
  CHECK(sep::read_file(folder / "a") == "old");
}

TEST_CASE("a full disk fails and keeps the old file", "[core][atomic_file][failure]") {
  const TemporaryFolder folder;
  const SmallDisk disk(folder / "disk");
  if (!disk.mounted()) SEP_SKIP("no right to mount a small disk");
  sep::write_file_atomically(folder / "disk/a", "old");
  const std::string large(1 << 20, 'x');
  CHECK_THROWS_AS(sep::write_file_atomically(folder / "disk/a", large), sep::Failure);
  CHECK_THROWS_WITH(sep::write_file_atomically(folder / "disk/a", large),
                    Contains("disk/a: cannot be written: No space left"));
  CHECK(sep::read_file(folder / "disk/a") == "old");
  CHECK(num_entries(folder / "disk") == 1);
}

TEST_CASE("what cannot be read is named", "[core][atomic_file][failure]") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(sep::read_file(folder / "missing"),
                    Contains("missing: cannot be read: No such file"));
  CHECK_THROWS_WITH(sep::read_file(folder.path()),
                    Contains("cannot be read: Is a directory"));
  sep::write_file_atomically(folder / "secret", "x");
  fs::permissions(folder / "secret", fs::perms::none);
  if (::geteuid() == 0) return;  // nothing is unreadable to the superuser
  CHECK_THROWS_WITH(sep::read_file(folder / "secret"), Contains("Permission denied"));
}

TEST_CASE("a file above the limit is refused", "[core][atomic_file][failure]") {
  const TemporaryFolder folder;
  sep::write_file_atomically(folder / "a", "12345");
  CHECK(sep::read_file(folder / "a", 5) == "12345");
  CHECK_THROWS_WITH(sep::read_file(folder / "a", 4),
                    Contains("a: wants at most 4 bytes, found 5"));
  CHECK_THROWS_WITH(sep::read_file("/dev/zero", 1000), Contains("found more"));
}

TEST_CASE("folders are made, and made again", "[core][atomic_file]") {
  const TemporaryFolder folder;
  sep::make_directories(folder / "a/b/c");
  sep::make_directories(folder / "a/b/c");
  CHECK(fs::is_directory(folder / "a/b/c"));
  sep::write_file_atomically(folder / "file", "x");
  CHECK_THROWS_WITH(sep::make_directories(folder / "file"),
                    Contains("file: cannot be made"));
  CHECK_THROWS_AS(sep::make_directories(folder / "file/under"), sep::Error);
  CHECK_THROWS_AS(sep::make_directories(""), sep::Error);
}
