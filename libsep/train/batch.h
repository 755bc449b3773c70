#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "libsep/mixing/mixture_dataset.h"
#include "libsep/train/sampler.h"

namespace sep {

/// Examples of one length side by side; in memory (T, B, F), as the LSTM takes them.
struct Batch {
  torch::Tensor mixture;  ///< (B, T, F), magnitude
  torch::Tensor target;   ///< (B, T, F), magnitude
};

/// Batch number `index` of a pass over the dataset in its order: examples index * size …;
/// the last batch of a pass may be smaller. Throws Error where examples differ in shape.
Batch make_batch(const MixtureDataset& dataset,
                 int64_t index,
                 int64_t batch_size,
                 const torch::Device& device);

/// `num_frames` frames of each item from its first_frame on; 0, or more than an example
/// has: all of it. Throws Error as above, and for no items.
Batch make_batch(const MixtureDataset& dataset,
                 const std::vector<BatchItem>& items,
                 int64_t num_frames,
                 const torch::Device& device);

/// Batches in a pass: ceil(dataset.size() / batch_size).
int64_t num_batches(const MixtureDataset& dataset, int64_t batch_size);

}  // namespace sep
