#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string>

#include "libsep/core/random.h"

namespace sep {

/// What a direction of an LSTM remembers between two frames, (B, H) each; undefined:
/// zero, as before its first frame.
struct LstmState {
  torch::Tensor hidden, cell;
};

enum class LstmDirection { kForward, kBackward };

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

  /// The parts of forward() in evaluation mode, for input too long to be held at once.
  /// Frames are independent before and after the layers; within a layer a direction
  /// carries a state from frame to frame, and so from block to block:
  ///
  ///     begin_layers (B, T, F) -> (T, B, I)
  ///     run_layer    (T, B, I) -> (T, B, H), a direction at a time, num_layers() times;
  ///                  the next layer takes both directions side by side, (T, B, 2H)
  ///     end_layers   (T, B, 2H) -> the mask (B, T, F)
  ///
  /// `state` is what the direction remembers as it enters the block (backwards, at the
  /// block's last frame), and becomes what it remembers as it leaves. Without gradient.
  virtual int64_t num_layers() const = 0;
  virtual torch::Tensor begin_layers(const torch::Tensor& magnitude) = 0;
  virtual torch::Tensor run_layer(int64_t layer_index,
                                  LstmDirection direction,
                                  const torch::Tensor& input,
                                  LstmState& state) const = 0;
  virtual torch::Tensor end_layers(const torch::Tensor& hidden) = 0;

  /// Sets the initial values of all parameters, drawn from `random`.
  virtual void init_parameters(RandomStream random) = 0;

  /// Floating-point operations of forward() a frame; a multiply-add counts as two.
  /// Training takes three times as many: forward and two products a weight backward.
  virtual double operations_per_frame() const = 0;

  /// Which code runs the network on such a device, "oneDNN 2.6.3": for the record.
  virtual std::string backend_name(const torch::Device& device) const = 0;
};

}  // namespace sep
