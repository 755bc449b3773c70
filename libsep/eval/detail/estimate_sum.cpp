#include "libsep/eval/detail/estimate_sum.h"

#include <fmt/ranges.h>

#include <vector>

#include "libsep/audio/file.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

/// Empty where there is none, or the estimates lie in several folders.
fs::path find_remainder(const std::map<StemName, fs::path>& paths) {
  if (paths.empty()) return {};
  const auto folder = paths.begin()->second.parent_path();
  for (const auto& [instrument, path] : paths) {
    if (path.parent_path() != folder) return {};
  }
  for (const char* name : {"remainder.wav", "remainder.flac"}) {
    if (is_file(folder / name)) return folder / name;
  }
  return {};
}

bool same_shape(const Signal& a, const Signal& b) {
  return a.num_channels == b.num_channels && a.num_samples() == b.num_samples() &&
         a.sample_rate == b.sample_rate;
}

/// The audio; nothing for what cannot be read, which is no estimate and no loss.
Signal read_if_readable(const fs::path& path) {
  try {
    return read_audio(path);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

std::string sum_fault(const std::map<StemName, fs::path>& paths,
                      const std::map<StemName, Signal>& estimates,
                      const Signal& mixture) {
  const auto remainder = find_remainder(paths);
  if (remainder.empty()) return {};
  auto rest = read_if_readable(remainder);
  if (!same_shape(rest, mixture)) return {};
  rest = subtract(mixture, rest);
  std::vector<std::string> names;
  for (const auto& [instrument, estimate] : estimates) {
    if (!same_shape(estimate, mixture)) return {};
    rest = subtract(rest, estimate);
    names.push_back(paths.at(instrument).filename().string());
  }
  // Each part may be rounded to 16 bits.
  const auto num_parts = static_cast<float>(names.size() + 1);
  if (peak(rest) <= num_parts / (1 << 16)) return {};
  return fmt::format(
      "{}: {} and {} do not add up to the mixture: some may be of another separation",
      remainder.parent_path().string(),
      fmt::join(names, ", "),
      remainder.filename().string());
}

}  // namespace sep
