#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sep {

/// What is wrong with a dataset, a line each, which begins with the path.
using Faults = std::vector<std::string>;

template <class... Args>
void add_fault(Faults& faults,
               const std::filesystem::path& path,
               fmt::format_string<Args...> format,
               Args&&... args) {
  faults.push_back(path.string() + ": " + fmt::format(format, std::forward<Args>(args)...));
}

/// Puts the place where a list names a file, FoundDataset::listed_at, before what is said
/// of the file.
void name_lines(const std::map<std::filesystem::path, std::string>& listed_at,
                Faults& faults);

/// By their texts, so that those of a piece stand together; those that begin with a line of
/// the root, "set.csv:7: ", by its number.
void sort_faults(const std::filesystem::path& root, Faults& faults);

}  // namespace sep
