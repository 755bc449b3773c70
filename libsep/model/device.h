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

/// Threads that one training or separation may use; 0: one a core. Gives the number set.
/// They are for libsep's own work, whose result does not depend on them: the directions
/// of an LSTM, dropout, the loss. LibTorch and OpenBLAS, whose sums do depend on theirs,
/// are kept to one, so that a training ends in the same bytes with any number of threads
/// and of trainings side by side. Call it before work begins: other threads take LibTorch's
/// over then.
int64_t set_compute_threads(int64_t num_threads);

/// What was set; before that, one a core.
int64_t compute_threads();

/// Threads of LibTorch and OpenBLAS, for comparisons with them: sums change with their
/// number.
void set_torch_threads(int64_t num_threads);

/// "1.13.1".
std::string torch_version();

}  // namespace sep
