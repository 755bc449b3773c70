#include "libsep/train/batch.h"

#include <fmt/ranges.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "libsep/core/error.h"

namespace sep {
namespace {

// (T, F) without gaps into (T, F) with.
void copy_frames(const float* from, const torch::Tensor& to) {
  const int64_t num_bins = to.size(1);
  float* rows = to.data_ptr<float>();
  for (int64_t t = 0; t < to.size(0); ++t) {
    std::copy_n(from + t * num_bins, num_bins, rows + t * to.stride(0));
  }
}

void check_item(const BatchItem& item,
                const Example& example,
                const Example& first,
                int64_t num_frames) {
  SEP_CHECK(example.num_frames == first.num_frames && example.num_bins == first.num_bins,
            "example {} has {} frames of {} bins, the batch {} of {}",
            item.example,
            example.num_frames,
            example.num_bins,
            first.num_frames,
            first.num_bins);
  const int64_t last = example.num_frames - num_frames;
  SEP_CHECK(0 <= item.first_frame && item.first_frame <= last,
            "example {}: frames from {} on, wants 0 to {} for {} of its {} frames",
            item.example,
            item.first_frame,
            last,
            num_frames,
            example.num_frames);
}

}  // namespace

Batch make_batch(const MixtureDataset& dataset,
                 int64_t index,
                 int64_t batch_size,
                 const torch::Device& device) {
  const int64_t count = num_batches(dataset, batch_size);
  SEP_CHECK(0 <= index && index < count,
            "batch {} of {} examples in batches of {}: wants 0 to {}",
            index,
            dataset.size(),
            batch_size,
            count - 1);
  const int64_t first = index * batch_size;
  const int64_t size = std::min(batch_size, dataset.size() - first);
  std::vector<BatchItem> items;
  for (int64_t i = 0; i < size; ++i) items.push_back({first + i, 0});
  return make_batch(dataset, items, 0, device);
}

Batch make_batch(const MixtureDataset& dataset,
                 const std::vector<BatchItem>& items,
                 int64_t num_frames,
                 const torch::Device& device) {
  SEP_CHECK(!items.empty(), "a batch of no examples");
  SEP_CHECK(num_frames >= 0, "a batch of {} frames: wants 0 or more", num_frames);
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
    check_item(item, example, shape, frames);
    const int64_t begin = item.first_frame * shape.num_bins;
    copy_frames(example.mixture->data() + begin, batch.mixture[i]);
    copy_frames(example.target.data() + begin, batch.target[i]);
  }
  return {batch.mixture.to(device), batch.target.to(device)};
}

std::string describe_batch(const Batch& batch, const std::vector<int64_t>& examples) {
  constexpr size_t kMaxShown = 20;
  const size_t num_shown = std::min(examples.size(), kMaxShown);
  return fmt::format(
      "mixture{} {}{} (largest magnitude of the mixtures {:.3g}, of the targets {:.3g})",
      examples.size() == 1 ? "" : "s",
      fmt::join(examples.data(), examples.data() + num_shown, ", "),
      num_shown < examples.size() ? fmt::format(" and {} more", examples.size() - num_shown)
                                  : "",
      std::abs(batch.mixture.max().item<double>()),  // a NaN may have a sign
      std::abs(batch.target.max().item<double>()));
}

int64_t num_batches(const MixtureDataset& dataset, int64_t batch_size) {
  SEP_CHECK(batch_size >= 1, "batches of {} examples: wants at least 1", batch_size);
  return dataset.size() / batch_size + (dataset.size() % batch_size == 0 ? 0 : 1);
}

}  // namespace sep
