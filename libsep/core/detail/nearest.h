#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// What somebody who mistyped a name may have meant. For the inside of core.
namespace sep::detail {

/// Letters to insert, delete or replace between two words.
size_t edit_distance(std::string_view a, std::string_view b);

/// Whether one word may be a slip for the other, or is a part of it.
bool is_near(std::string_view a, std::string_view b);

/// The nearest of the names that are near; "" where none is.
std::string nearest_name(std::string_view name, const std::vector<std::string>& names);

}  // namespace sep::detail
