#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace sep {

/// Files of a cache, named by what they hold: 32 hexadecimal digits and an extension.

/// Where what `description` says is to lie.
std::filesystem::path cache_file(const std::filesystem::path& folder,
                                 const std::string& description,
                                 const std::string& extension);

/// Removes such files of the extension, those not used for longest first, until `num_bytes`
/// more stay within `max_bytes`. Temporaries in front of it count, and go where they are
/// older than an hour; nothing else in the folder is looked at. What cannot be removed
/// stays.
void make_cache_room(const std::filesystem::path& folder,
                     const std::string& extension,
                     int64_t num_bytes,
                     int64_t max_bytes);

}  // namespace sep
