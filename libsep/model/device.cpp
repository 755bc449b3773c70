#include "libsep/model/device.h"

#include <torch/torch.h>
#include <torch/version.h>

#include <atomic>

#include "libsep/core/error.h"
#include "libsep/core/parallel.h"

// OpenBLAS keeps a thread count of its own; weak, for builds on another BLAS.
extern "C" __attribute__((weak)) void openblas_set_num_threads(int);

namespace sep {
namespace {

std::atomic<int64_t>& threads_of_computation() {
  static std::atomic<int64_t> threads{num_cores()};
  return threads;
}

}  // namespace

DeviceChoice resolve_device(DeviceChoice choice) {
  const bool has_cuda = torch::cuda::is_available();
  if (choice == DeviceChoice::kAuto)
    return has_cuda ? DeviceChoice::kCuda : DeviceChoice::kCpu;
  SEP_CHECK(choice == DeviceChoice::kCpu || has_cuda,
            "device = cuda: wants a CUDA device, LibTorch {} finds none here",
            torch_version());
  return choice;
}

torch::Device torch_device(DeviceChoice choice) {
  return resolve_device(choice) == DeviceChoice::kCuda ? torch::Device(torch::kCUDA)
                                                       : torch::Device(torch::kCPU);
}

int64_t set_compute_threads(int64_t num_threads) {
  set_torch_threads(1);
  threads_of_computation() = num_threads > 0 ? num_threads : num_cores();
  return compute_threads();
}

void set_torch_threads(int64_t num_threads) {
  const auto count = static_cast<int>(num_threads);
  torch::set_num_threads(count);
  if (openblas_set_num_threads != nullptr) openblas_set_num_threads(count);
}

int64_t compute_threads() { return threads_of_computation(); }

std::string torch_version() { return TORCH_VERSION; }

}  // namespace sep
