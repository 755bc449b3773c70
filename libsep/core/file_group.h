#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace sep {

/// Files that belong together, as the parts of a recording and their page: all get their
/// names, or none does and what bore the names before is there as it was.
///
///     FileGroup group;
///     group.write("out/a.csv", rows);      // a hidden file beside it until then
///     group.write("out/index.html", page);
///     group.commit();
///
/// Choose it where files that are of different calls would be wrong side by side;
/// write_file_atomically() for a file that stands alone.
class FileGroup {
 public:
  FileGroup() = default;
  ~FileGroup();  ///< removes what got no name
  FileGroup(const FileGroup&) = delete;
  FileGroup& operator=(const FileGroup&) = delete;

  /// Takes over `temporary`, a whole file that is to be called `path`, in the same folder.
  void add(const std::filesystem::path& temporary, const std::filesystem::path& path);

  /// Writes bytes to a hidden file that is to be called `path`. Throws as
  /// write_file_atomically().
  void write(const std::filesystem::path& path, std::string_view bytes);

  /// Flushes the files to the disk and renames them. What bears a name already is kept
  /// under a hidden one until the last has its own, and given its name back where
  /// anything is thrown: Error where a folder is in the way or cannot be written to,
  /// Failure where the disk fails. A kill in between leaves the old files under hidden or
  /// their own names, none of them lost.
  void commit();

 private:
  struct Entry {
    std::filesystem::path temporary;
    std::filesystem::path path;
    std::filesystem::path earlier;  ///< where the file that was there is kept; empty: none
    bool is_named = false;
  };

  void name_all();
  void restore();
  void forget_earlier();

  std::vector<Entry> entries_;
};

}  // namespace sep
