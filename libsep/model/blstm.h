#pragma once

#include <torch/torch.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "libsep/checkpoint/mask_inference_options.h"
#include "libsep/model/lstm_state.h"

namespace sep {

namespace onednn {
class BufferPool;
}

/// Whether oneDNN was there when libsep was built.
bool has_onednn();

/// Whether networks are faster there in bfloat16: on CUDA, and with oneDNN on processors
/// with AVX512-BF16 (Intel's from Cooper Lake, AMD's from Zen 4 on).
bool has_fast_bfloat16(const torch::Device& device);

/// Throws ConfigError (key `lstm`) where this libsep lacks the code asked for.
void check_lstm_backend(LstmBackend backend);

struct BlstmOptions {
  int64_t input_size = 257;  ///< features a frame
  int64_t hidden_size = 50;  ///< H, a direction; at least 1
  int64_t num_layers = 1;    ///< at least 1
  double dropout = 0.0;      ///< on the output of every layer but the last; 0 … below 1
  LstmBackend backend = LstmBackend::kAuto;
};

/// Bidirectional LSTM of several layers (Hochreiter, Schmidhuber 1997), with dropout
/// between layers. Parameters bear LibTorch's names, shapes and gate order (input,
/// forget, cell, output): weight_ih_l0 (4H, I), weight_hh_l0 (4H, H), bias_ih_l0 (4H),
/// bias_hh_l0 (4H), the same with _reverse, and _l1 … for further layers (I = 2H).
///
/// On oneDNN one that trains keeps the memory of a pass for the next; it goes with the
/// module. Without gradients nothing is kept.
class BlstmImpl : public torch::nn::Module {
 public:
  /// Initial values are undefined. Throws Error for kOneDnn without oneDNN, and for
  /// sizes or a dropout out of bounds.
  explicit BlstmImpl(const BlstmOptions& options);

  /// (B, T, I) -> (B, T, 2H); first the forward direction's H, then the other's. In
  /// memory the result lies (T, B, 2H), and input that lies (T, B, I) spares a copy.
  /// Throws Error for another shape.
  torch::Tensor forward(const torch::Tensor& input, const DropoutPlace& dropout = {});

  /// One direction of one layer as StateCarrying::run_layer(): (T, B, I) -> (T, B, H), I
  /// that of the layer. Without gradient and dropout; on the CPU on one thread.
  torch::Tensor run_layer(int64_t layer_index,
                          LstmDirection direction,
                          const torch::Tensor& input,
                          LstmState& state) const;

  /// Computes products in bfloat16 from now on, or no longer: float in, float out, float
  /// parameters. By oneDNN where has_fast_bfloat16(), else by LibTorch's LSTM, which is
  /// slow on a CPU. run_layer() computes in float.
  void use_bfloat16(bool on) { bfloat16_ = on; }

  const BlstmOptions& options() const { return options_; }

  /// Which code runs for such an input: "oneDNN 2.6.3", "LibTorch 1.13.1".
  std::string backend_name(const torch::Device& device) const;

 private:
  struct Direction {
    torch::Tensor weight_ih, weight_hh, bias_ih, bias_hh;
  };
  using Layer = std::array<Direction, 2>;  // forwards, backwards

  Direction register_direction(int64_t layer_index, const std::string& suffix);
  bool uses_onednn(const torch::Device& device) const;
  torch::Tensor run_torch(const Layer& layer, const torch::Tensor& input) const;
  torch::Tensor run_both(const Layer& layer, const torch::Tensor& input) const;

  BlstmOptions options_;
  bool bfloat16_ = false;
  std::vector<Layer> layers_;
  std::shared_ptr<onednn::BufferPool> buffers_;  // null where oneDNN is not there
};
TORCH_MODULE(Blstm);

/// Dropout with inverted scaling: each element kept with chance 1 - p and divided by
/// it, or zero. Element i depends on (seed, i) alone (SplitMix64), so the result is the
/// same for any number of threads and any device. Where `place` says that a batch is only
/// a part, input is (T, b, H) and i counts in the whole batch (T, B, H).
torch::Tensor seeded_dropout(const torch::Tensor& input,
                             double p,
                             const DropoutPlace& place);

}  // namespace sep
