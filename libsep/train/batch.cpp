#include "libsep/train/batch.h"

#include <torch/torch.h>

#include <algorithm>

#include "libsep/core/error.h"

namespace sep {
namespace {

// (T, F) without gaps into (T, F) with.
void copy_frames(const float* from, torch::Tensor to) {
  const int64_t num_bins = to.size(1);
  float* rows = to.data_ptr<float>();
  for (int64_t t = 0; t < to.size(0); ++t) {
    std::copy_n(from + t * num_bins, num_bins, rows + t * to.stride(0));
  }
}

}  // namespace

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
  const auto room = [&] {
    return torch::empty({frames, count, shape.num_bins}).transpose(0, 1);
  };
  Batch batch{room(), room()};
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
    copy_frames(example.mixture->data() + begin, batch.mixture[i]);
    copy_frames(example.target.data() + begin, batch.target[i]);
  }
  return {batch.mixture.to(device), batch.target.to(device)};
}

int64_t num_batches(const MixtureDataset& dataset, int64_t batch_size) {
  return (dataset.size() + batch_size - 1) / batch_size;
}

}  // namespace sep
