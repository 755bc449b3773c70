#pragma once

#include "libsep/model/serial_math.h"
#include "tests/support/catch_torch.h"

/// A program that has set LibTorch's threads and drawn from its generator, and wants to
/// find both as it left them.
class HostSettings {
 public:
  explicit HostSettings(int num_threads)
      : num_threads_(num_threads), before_(torch::get_num_threads()) {
    sep::set_torch_threads(num_threads);
    torch::rand({5});
    random_ = state();
  }
  ~HostSettings() { sep::set_torch_threads(before_); }
  HostSettings(const HostSettings&) = delete;
  HostSettings& operator=(const HostSettings&) = delete;

  void check() const {
    CHECK(torch::get_num_threads() == num_threads_);
    CHECK(torch::equal(state(), random_));
  }

 private:
  static torch::Tensor state() { return at::detail::getDefaultCPUGenerator().get_state(); }

  int num_threads_, before_;
  torch::Tensor random_;
};
