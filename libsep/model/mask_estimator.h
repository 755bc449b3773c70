#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string>

#include "libsep/core/random.h"

namespace sep {

/// A network that tells how much of each bin of a mixture belongs to its instrument.
/// In training mode batch statistics are used and updated; in evaluation mode nothing
/// of the module changes.
class MaskEstimator : public torch::nn::Module {
 public:
  /// Magnitude (B, T, F) -> mask (B, T, F) in [0, 1]. `dropout_seed` decides what
  /// dropout drops in training mode (the same seed, the same mask, whatever the number
  /// of threads); unused in evaluation mode.
  virtual torch::Tensor forward(const torch::Tensor& magnitude,
                                uint64_t dropout_seed = 0) = 0;

  /// Sets the initial values of all parameters, drawn from `random`.
  virtual void init_parameters(RandomStream random) = 0;

  /// Floating-point operations of forward() a frame; a multiply-add counts as two.
  /// Training takes three times as many: forward and two products a weight backward.
  virtual double operations_per_frame() const = 0;

  /// Which code runs the network on such a device, "oneDNN 2.6.3": for the record.
  virtual std::string backend_name(const torch::Device& device) const = 0;
};

}  // namespace sep
