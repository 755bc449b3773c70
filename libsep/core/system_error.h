#pragma once

#include <filesystem>
#include <string_view>

namespace sep {

/// Whether errno's `code` is the machine's failure (no space or memory left, too many open
/// files, a device that fails), not a wrong path.
bool is_machine_failure(int code);

/// Throws Failure or Error, as is_machine_failure() says: "PATH: ACTION: REASON", for
/// example "runs/a: cannot be listed: Permission denied".
[[noreturn]] void throw_system_error(const std::filesystem::path& path,
                                     std::string_view action,
                                     int code);

}  // namespace sep
