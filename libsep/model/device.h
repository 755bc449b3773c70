#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "libsep/core/config.h"

namespace sep {

enum class DeviceChoice {
  kAuto,  ///< CUDA where there is one, else the CPU
  kCpu,
  kCuda,
};
template <>
struct EnumNames<DeviceChoice> {
  static constexpr std::pair<DeviceChoice, std::string_view> kValues[] = {
      {DeviceChoice::kAuto, "auto"},
      {DeviceChoice::kCpu, "cpu"},
      {DeviceChoice::kCuda, "cuda"}};
};

/// kCpu or kCuda. Throws Error for kCuda without a CUDA device.
DeviceChoice resolve_device(DeviceChoice choice);
torch::Device torch_device(DeviceChoice choice);

/// Threads that one tensor operation uses, in LibTorch and OpenBLAS; 0: one a core.
/// Gives the number set. Call it before work begins: other threads take it over then.
int64_t set_compute_threads(int64_t num_threads);

/// "1.13.1".
std::string torch_version();

}  // namespace sep
