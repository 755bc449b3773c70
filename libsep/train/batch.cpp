#include "libsep/train/batch.h"

#include <torch/torch.h>

#include <algorithm>

#include "libsep/core/error.h"

namespace sep {

Batch make_batch(const MixtureDataset& dataset,
                 int64_t index,
                 int64_t batch_size,
                 const torch::Device& device) {
  const int64_t first = index * batch_size;
  const int64_t count = std::min(batch_size, dataset.size() - first);
  SEP_CHECK(count > 0,
            "batch {} of {} examples in batches of {}",
            index,
            dataset.size(),
            batch_size);
  const auto& shape = dataset.get(first);
  Batch batch{torch::empty({count, shape.num_frames, shape.num_bins}),
              torch::empty({count, shape.num_frames, shape.num_bins})};
  for (int64_t i = 0; i < count; ++i) {
    const auto& example = dataset.get(first + i);
    SEP_CHECK(example.num_frames == shape.num_frames && example.num_bins == shape.num_bins,
              "example {} has {} frames of {} bins, the batch {} of {}",
              first + i,
              example.num_frames,
              example.num_bins,
              shape.num_frames,
              shape.num_bins);
    std::copy(
        example.mixture.begin(), example.mixture.end(), batch.mixture[i].data_ptr<float>());
    std::copy(
        example.target.begin(), example.target.end(), batch.target[i].data_ptr<float>());
  }
  return {batch.mixture.to(device), batch.target.to(device)};
}

int64_t num_batches(const MixtureDataset& dataset, int64_t batch_size) {
  return (dataset.size() + batch_size - 1) / batch_size;
}

}  // namespace sep
