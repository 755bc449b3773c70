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
  const int64_t end = std::min(first + batch_size, dataset.size());
  SEP_CHECK(first < end,
            "batch {} of {} examples in batches of {}",
            index,
            dataset.size(),
            batch_size);
  std::vector<BatchItem> items;
  for (int64_t i = first; i < end; ++i) items.push_back({i, 0});
  return make_batch(dataset, items, 0, device);
}

Batch make_batch(const MixtureDataset& dataset,
                 const std::vector<BatchItem>& items,
                 int64_t num_frames,
                 const torch::Device& device) {
  SEP_CHECK(!items.empty(), "a batch of no examples");
  const auto& shape = dataset.get(items.front().example);
  const int64_t frames =
      num_frames > 0 ? std::min(num_frames, shape.num_frames) : shape.num_frames;
  const auto count = static_cast<int64_t>(items.size());
  Batch batch{torch::empty({count, frames, shape.num_bins}),
              torch::empty({count, frames, shape.num_bins})};
  for (int64_t i = 0; i < count; ++i) {
    const auto& item = items[static_cast<size_t>(i)];
    const auto& example = dataset.get(item.example);
    SEP_CHECK(example.num_frames == shape.num_frames && example.num_bins == shape.num_bins,
              "example {} has {} frames of {} bins, the batch {} of {}",
              item.example,
              example.num_frames,
              example.num_bins,
              shape.num_frames,
              shape.num_bins);
    const int64_t begin = item.first_frame * shape.num_bins;
    const int64_t length = frames * shape.num_bins;
    std::copy_n(
        example.mixture->begin() + begin, length, batch.mixture[i].data_ptr<float>());
    std::copy_n(example.target.begin() + begin, length, batch.target[i].data_ptr<float>());
  }
  return {batch.mixture.to(device), batch.target.to(device)};
}

int64_t num_batches(const MixtureDataset& dataset, int64_t batch_size) {
  return (dataset.size() + batch_size - 1) / batch_size;
}

}  // namespace sep
