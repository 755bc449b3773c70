#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace sep::onednn {

/// One direction of one LSTM layer on oneDNN's primitives, without LibTorch. For
/// blstm.cpp only; users take Blstm.
///
///     input   (T, B, I)
///     output  (T, B, H) in rows of `output_stride` values, so that two directions
///             write side by side into one (T, B, 2H)
///
/// Input, output and hidden states are floats, or all bfloat16, in which the matrix
/// products then are (sums in float). Weights, cell states and gradients are floats in
/// both.
///
/// Everything is done on the calling thread. oneDNN lays out packed weights and scratch
/// memory for a number of threads, so each run looks its primitives up itself (oneDNN
/// keeps those it has built, by shape, for all threads).
struct LstmShape {
  int64_t num_frames = 0;     ///< T
  int64_t batch_size = 0;     ///< B
  int64_t input_size = 0;     ///< I
  int64_t hidden_size = 0;    ///< H
  int64_t output_stride = 0;  ///< values from one sequence to the next, at least H
  bool reversed = false;      ///< from the last frame to the first
  bool bfloat16 = false;      ///< input, output and hidden states
};

/// LibTorch's tensors, contiguous: (4H, I), (4H, H), (4H), (4H).
struct LstmWeights {
  const float* weight_ih = nullptr;
  const float* weight_hh = nullptr;
  const float* bias_ih = nullptr;
  const float* bias_hh = nullptr;
};

/// Hidden and cell state, (B, H) each, contiguous: before the first frame, null for zero,
/// and after the last (the first where reversed), null where not wanted.
struct LstmStates {
  const void* first_hidden = nullptr;
  const float* first_cell = nullptr;
  void* last_hidden = nullptr;
  float* last_cell = nullptr;
};

/// Where the gradients go; all are overwritten. `bias` is that of either bias.
struct LstmGradients {
  float* input = nullptr;      ///< (T, B, I)
  float* weight_ih = nullptr;  ///< (4H, I)
  float* weight_hh = nullptr;  ///< (4H, H)
  float* bias = nullptr;       ///< (4H)
};

/// The forward pass. Buffers come from the caller, 64-byte aligned, any content.
class LstmForward {
 public:
  enum class Keep {
    kNothing,    ///< no workspace: only the output is wanted
    kWorkspace,  ///< what LstmBackward needs
    kStates,     ///< the states after the last frame
  };
  LstmForward(const LstmShape& shape, Keep keep);
  ~LstmForward();

  size_t workspace_bytes() const;  ///< 0 but for kWorkspace
  size_t scratch_bytes() const;
  /// `states.last_…` are given for kStates and only then.
  void run(const void* input,
           const LstmWeights& weights,
           void* output,
           void* workspace,
           void* scratch,
           const LstmStates& states = {}) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The backward pass of an LstmForward of the same shape.
class LstmBackward {
 public:
  explicit LstmBackward(const LstmShape& shape);
  ~LstmBackward();

  size_t scratch_bytes() const;
  /// `output`, `output_gradient`: rows of output_stride values.
  void run(const void* input,
           const LstmWeights& weights,
           const void* output,
           const float* output_gradient,
           const LstmGradients& gradients,
           void* workspace,
           void* scratch) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether this processor multiplies bfloat16 by itself (AVX512-BF16), and so faster than
/// float.
bool has_bfloat16();

/// "2.6.3".
std::string version();

}  // namespace sep::onednn
