#include "libsep/data/detail/faults.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "libsep/core/number.h"

namespace sep {

namespace fs = std::filesystem;

void name_lines(const std::map<fs::path, std::string>& listed_at, Faults& faults) {
  if (listed_at.empty()) return;
  for (auto& fault : faults) {
    for (size_t end = fault.find(": "); end != std::string::npos;
         end = fault.find(": ", end + 1)) {
      const auto place = listed_at.find(fault.substr(0, end));
      if (place == listed_at.end()) continue;
      fault.insert(0, place->second + ": ");
      break;
    }
  }
}

void sort_faults(const fs::path& root, Faults& faults) {
  const auto key_of = [&](const std::string& fault) {
    const auto prefix = root.string() + ":";
    const auto end = fault.find(':', prefix.size());
    const auto line = fault.rfind(prefix, 0) == 0 && end != std::string::npos
                          ? parse_int(fault.substr(prefix.size(), end - prefix.size()))
                          : std::nullopt;
    return line ? std::tuple(prefix, *line, fault.substr(end))
                : std::tuple(fault, int64_t{0}, std::string());
  };
  std::sort(faults.begin(), faults.end(), [&](const auto& a, const auto& b) {
    return key_of(a) < key_of(b);
  });
}

}  // namespace sep
