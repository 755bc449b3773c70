#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "libsep/core/file_group.h"

namespace sep {

// What an earlier separation left in a folder, for use by separate_file(). Its parts are
// known by a hidden list, `folder`/.parts, that each separation writes with its own.

/// Writes the list with the other files of `group`.
void list_parts(FileGroup& group,
                const std::filesystem::path& folder,
                const std::set<std::string>& names);

/// The files that the list in `folder` has, that are there, not among `now` and not the
/// recording itself.
std::vector<std::filesystem::path> earlier_parts(const std::filesystem::path& folder,
                                                 const std::set<std::string>& now,
                                                 const std::filesystem::path& recording);

/// Moves files of `folder` to folder/earlier, or earlier-2, … where one of these names is
/// taken there. Gives the paths they have then. Throws Error or Failure where they cannot
/// be moved, and then all are where they were.
std::vector<std::filesystem::path> move_aside(
    const std::filesystem::path& folder, const std::vector<std::filesystem::path>& files);

/// Undoes move_aside() as far as it goes; throws nothing.
void move_back(const std::vector<std::filesystem::path>& files,
               const std::vector<std::filesystem::path>& moved) noexcept;

/// Other audio files in `folder` (.wav, .flac; hidden ones left out) than those of `now`
/// and `recording`, sorted.
std::vector<std::filesystem::path> other_audio(const std::filesystem::path& folder,
                                               const std::set<std::string>& now,
                                               const std::filesystem::path& recording);

}  // namespace sep
