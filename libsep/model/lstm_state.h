#pragma once

#include <torch/types.h>

#include <cstdint>

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

}  // namespace sep
