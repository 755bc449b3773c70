#pragma once

#include <filesystem>
#include <vector>

/// std::filesystem's questions, whose answers are values or libsep's errors: what the
/// system refuses (a folder that may not be entered, a name too long, a device that fails)
/// throws Error or Failure with the path and the reason, as throw_system_error() does, and
/// never std::filesystem::filesystem_error. Links are followed unless it says otherwise.
namespace sep {

/// Whether something is there. A path below a file is not.
bool is_there(const std::filesystem::path& path);
bool is_folder(const std::filesystem::path& path);
bool is_file(const std::filesystem::path& path);  ///< a regular one

/// Whether something is there, a link to nothing included.
bool is_link_or_there(const std::filesystem::path& path);

/// A folder, or a regular file, and no link to one.
bool is_real_folder(const std::filesystem::path& path);
bool is_real_file(const std::filesystem::path& path);

/// Whether both are there and one file.
bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b);

/// What a folder holds, sorted by name, hidden files included.
std::vector<std::filesystem::path> list_folder(const std::filesystem::path& folder);

/// Whether a name begins with a point: what desktops and version control leave in folders
/// (.DS_Store, .gitkeep), and no content.
bool is_hidden(const std::filesystem::path& path);

/// Removes a file or an empty folder; nothing to do where nothing is there.
void remove_file(const std::filesystem::path& path);

/// From the root, without "." and "..".
std::filesystem::path absolute_path(const std::filesystem::path& path);

/// The system's folder for temporary files, $TMPDIR or /tmp.
std::filesystem::path folder_for_temporaries();

}  // namespace sep
