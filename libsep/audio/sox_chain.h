#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sep {

/// One of SoX's effects as the program takes it: "tempo", {"-s", "0.950000"}.
struct SoxEffect {
  std::string name;
  std::vector<std::string> arguments;
};

/// Mono samples through effects of libsox, 32-bit integers between them, in memory. For
/// use inside this layer; rate, pitch and tempo only. Any number of threads. Throws
/// Error for arguments that SoX refuses, Failure where it fails.
std::vector<int32_t> run_sox(const std::vector<int32_t>& samples,
                             int64_t sample_rate,
                             const std::vector<SoxEffect>& effects);

}  // namespace sep
