#pragma once

#include <filesystem>
#include <string>

namespace sep::report {

/// With a minus sign, not a hyphen, and without negative zero: "−12.3".
std::string decimal_text(double value, int places = 1);

/// A path for the attribute of a page: what URLs reserve as %XX.
std::string url_of(const std::filesystem::path& relative_path);

}  // namespace sep::report
