#include "libsep/core/error.h"

#include <fmt/ranges.h>

namespace sep {

ErrorList::ErrorList(std::vector<std::string> faults)
    : Error(fmt::format("{}", fmt::join(faults, "\n"))), faults_(std::move(faults)) {}

}  // namespace sep
