#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "libsep/mixing/mixture_dataset.h"
#include "libsep/train/loss.h"
#include "libsep/train/sampler.h"

namespace sep {

/// Examples of one length side by side, as a network and its loss need them.
struct Batch {
  torch::Tensor input;  ///< the network's: |X| (B, T, F); X; or samples (B, C, N)
  LossInput known;      ///< all that the loss compares but the estimates

  /// X, (B, T, F) complex, all bins: where the waveforms of masked spectra are wanted.
  torch::Tensor spectrum;
  StftOptions stft;  ///< of the spectrum

  std::vector<int64_t> examples;  ///< by number, for messages; seeds where they have some

  int64_t size() const { return input.size(0); }
};

/// Batch number `index` of a pass over the dataset in its order, as validation takes them:
/// examples index * batch_size …; the last batch of a pass may be smaller. Magnitudes of
/// mixture and target, (B, T, F) and (B, 1, T, F), which lie (T, B, F) in memory, as an
/// LSTM takes them. Throws Error unless 0 <= index < num_batches(), for a batch_size below
/// 1, and where examples differ in shape.
Batch make_batch(const MixtureDataset& dataset,
                 int64_t index,
                 int64_t batch_size,
                 const torch::Device& device);

/// `num_frames` frames of each item from its first_frame on; 0, or more than an example
/// has: all of it, from frame 0. Throws Error for no items, an item or frames that are not
/// there, num_frames below 0, and where examples differ in shape.
Batch make_batch(const MixtureDataset& dataset,
                 const std::vector<BatchItem>& items,
                 int64_t num_frames,
                 const torch::Device& device);

/// Items [first, first + count) of a batch; in memory (T, b, F) where the batch's bins lie
/// so.
Batch part_of(const Batch& batch, int64_t first, int64_t count);

/// What a message says of a batch: "mixtures 3, 0 (largest magnitude of the mixtures 0.21,
/// of the targets 0.098)", at most 20 of them by number.
std::string describe_batch(const Batch& batch);

/// Batches in a pass: ceil(dataset.size() / batch_size). Throws Error for a batch_size
/// below 1.
int64_t num_batches(const MixtureDataset& dataset, int64_t batch_size);

}  // namespace sep
