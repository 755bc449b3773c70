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

/// What decides the dropout of a forward pass in training mode: the seed, and the place of
/// an element in the whole batch. So a batch taken in parts drops what it drops at once.
struct DropoutPlace {
  DropoutPlace(uint64_t of_pass = 0, int64_t first = 0, int64_t whole_batch = 0)
      : seed(of_pass), first_sequence(first), batch_size(whole_batch) {}

  uint64_t seed;
  int64_t first_sequence;  ///< of the part
  int64_t batch_size;      ///< of the whole; 0: the part is the whole
};

/// A network that tells how much of each bin of a mixture belongs to its instrument.
/// In training mode batch statistics are used and updated; in evaluation mode nothing
/// of the module changes.
class MaskEstimator : public torch::nn::Module {
 public:
  /// Magnitude (B, T, F) -> mask (B, T, F) in [0, 1]. `dropout_seed` decides what
  /// dropout drops in training mode (the same seed, the same mask, whatever the number
  /// of threads); unused in evaluation mode.
  torch::Tensor forward(const torch::Tensor& magnitude, uint64_t dropout_seed = 0) {
    return end_layers(run_layers(begin_layers(magnitude), dropout_seed));
  }

  /// The parts of forward():
  ///
  ///     begin_layers (B, T, F) -> (T, B, I), batch norm over all of B and T
  ///     run_layers   (T, B, I) -> (T, B, 2H), sequences independent of each other
  ///     end_layers   (T, B, 2H) -> the mask (B, T, F), frames independent
  virtual torch::Tensor begin_layers(const torch::Tensor& magnitude) = 0;
  virtual torch::Tensor run_layers(const torch::Tensor& input,
                                   const DropoutPlace& dropout) = 0;
  virtual torch::Tensor end_layers(const torch::Tensor& hidden) = 0;

  /// run_layers() a block of frames at a time, for input too long to be held at once, in
  /// evaluation mode and without gradient. Within a layer a direction carries a state
  /// from frame to frame, and so from block to block:
  ///
  ///     run_layer    (T, B, I) -> (T, B, H), a direction at a time, num_layers() times;
  ///                  the next layer takes both directions side by side, (T, B, 2H)
  ///
  /// `state` is what the direction remembers as it enters the block (backwards, at the
  /// block's last frame), and becomes what it remembers as it leaves.
  virtual int64_t num_layers() const = 0;
  virtual torch::Tensor run_layer(int64_t layer_index,
                                  LstmDirection direction,
                                  const torch::Tensor& input,
                                  LstmState& state) const = 0;

  /// Whether the layers compute in bfloat16 (parameters stay float). Off at first.
  virtual void use_bfloat16(bool on) = 0;

  /// Sets the initial values of all parameters, drawn from `random`.
  virtual void init_parameters(RandomStream random) = 0;

  /// Floating-point operations of forward() a frame; a multiply-add counts as two.
  /// Training takes three times as many: forward and two products a weight backward.
  virtual double operations_per_frame() const = 0;

  /// Which code runs the network on such a device, "oneDNN 2.6.3": for the record.
  virtual std::string backend_name(const torch::Device& device) const = 0;
};

}  // namespace sep
