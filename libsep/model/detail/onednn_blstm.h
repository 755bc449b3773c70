#pragma once

#include <torch/types.h>

#include <array>
#include <memory>
#include <mutex>
#include <vector>

namespace sep::onednn {

/// LibTorch's parameters of one direction: (4H, I), (4H, H), (4H), (4H).
struct Direction {
  torch::Tensor weight_ih, weight_hh, bias_ih, bias_hh;
};

/// Workspaces and scratch memory of one network, used again and again, since fresh memory
/// costs a page fault every 4 kB. A buffer is free when nothing but the pool holds it; one
/// that no call has asked for in a while is given back, and all are when the pool ends. Any
/// number of threads.
class BufferPool {
 public:
  torch::Tensor take(size_t bytes);

 private:
  struct Entry {
    torch::Tensor buffer;
    size_t last_use;
  };

  void give_back_old();

  std::mutex mutex_;
  std::vector<Entry> entries_;
  size_t now_ = 0;
};

/// One bidirectional layer, differentiable once: (T, B, I) -> (T, B, 2H); float, CPU.
/// Each direction runs on one thread, both at a time where a second one is free
/// (core/threads.h); the result does not depend on that.
///
/// Memory, where a gradient is wanted: a workspace from forward to backward and scratch
/// during either, 26 kB for each frame, sequence and direction at I = 257 and H = 200, of
/// which 14 kB are ever touched. Both come from `buffers`, and go when that goes and the
/// gradients have been taken. Without a gradient there is only scratch, during the call.
/// benchmarks/README.md says what trainings take in all.
///
/// With `bfloat16` input and output are rounded to it, and so are the factors of all
/// products, whose sums are floats; gates, cells and gradients are floats.
torch::Tensor blstm_layer(const torch::Tensor& input,
                          const std::array<Direction, 2>& layer,
                          const std::shared_ptr<BufferPool>& buffers,
                          bool bfloat16 = false);

/// What a direction gives that begins in a state: (T, B, H), and the state it ends in.
struct DirectionResult {
  torch::Tensor output, hidden, cell;
};

/// One direction of a layer, without gradient, on the calling thread: (T, B, I) ->
/// (T, B, H), `reversed` from the last frame to the first. `hidden` and `cell` (B, H)
/// stand before its first frame; both undefined: zero.
DirectionResult lstm_direction(const torch::Tensor& input,
                               const Direction& direction,
                               bool reversed,
                               const torch::Tensor& hidden,
                               const torch::Tensor& cell);

}  // namespace sep::onednn
