#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sep {

/// Writes a file that is either whole or not there: to a temporary beside it, then
/// flushed to the disk, renamed, and the folder flushed. The folder must exist.
/// Throws Error where the folder cannot be written to, Failure where the disk is
/// full or fails; the temporary is removed, and a file of that name stays as it was.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// The path of a temporary beside `path`, unique to this process and call, hidden and
/// with the same extension, for libraries that write files themselves.
std::filesystem::path temporary_beside(const std::filesystem::path& path);

/// Whether a file has such a name: then a kill left it, unless it is being written.
bool is_temporary(const std::filesystem::path& path);

/// The steps of write_file_atomically(), for files that get their names later
/// (file_group.h); messages name `path`. The first removes `temporary` where it throws.
void write_temporary(const std::filesystem::path& temporary,
                     const std::filesystem::path& path,
                     std::string_view bytes);
void flush_temporary(const std::filesystem::path& temporary,
                     const std::filesystem::path& path);

/// Flushes `temporary` to the disk and renames it to `path`; as above on failure.
void commit_temporary(const std::filesystem::path& temporary,
                      const std::filesystem::path& path);

/// A whole file; throws Error where it cannot be read or is above `max_bytes`.
std::string read_file(const std::filesystem::path& path,
                      int64_t max_bytes = int64_t{1} << 32);

/// create_directories whose new folders are flushed to the disk. Gives those it made, the
/// innermost first; throws Error with the path and the reason.
std::vector<std::filesystem::path> make_directories(const std::filesystem::path& path);

/// Flushes the folder that `path` is in, so that its name outlasts a power cut. Throws
/// Failure where the disk fails.
void flush_name(const std::filesystem::path& path);

}  // namespace sep
