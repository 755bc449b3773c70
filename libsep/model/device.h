#pragma once

#include <torch/types.h>

#include <memory>
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

/// The device to compute on. For CUDA it also has cuDNN and cuBLAS compute float in float,
/// not in TF32, from now on in this process.
torch::Device torch_device(DeviceChoice choice);

/// What keeps trainings on a device from repeating themselves bit for bit; empty where
/// nothing does. On CUDA that is the environment variable CUBLAS_WORKSPACE_CONFIG where it
/// is not set: with :4096:8 cuBLAS adds up in the same order each time. The commands set it
/// before they begin; a program that links libsep does so before it starts threads, since
/// libsep itself changes no variable.
std::string repeatability_remark(const torch::Device& device);

/// What the driver calls a CUDA device, "NVIDIA H100 80GB HBM3"; empty for the CPU and
/// where the driver does not say.
std::string device_name(const torch::Device& device);

/// While it lives, this thread's work on a CUDA device goes to a stream of its own, so that
/// trainings side by side overlap there (LibTorch launches the backward passes of all from
/// one thread); elsewhere it does nothing. What it leaves on the device is not for other
/// streams.
class OwnStream {
 public:
  explicit OwnStream(const torch::Device& device);
  ~OwnStream();
  OwnStream(const OwnStream&) = delete;
  OwnStream& operator=(const OwnStream&) = delete;

 private:
  struct Lent;
  std::unique_ptr<Lent> lent_;
};

/// "1.13.1".
std::string torch_version();

}  // namespace sep
