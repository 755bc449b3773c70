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

// Whether (B, …, T, F) lies (T, B, …, F) in memory.
bool is_time_first(const torch::Tensor& bins) {
  const int64_t time = bins.dim() - 2;
  return bins.dim() >= 3 && bins.stride(time) >= bins.stride(0) * bins.size(0);
}

torch::Tensor items_of(const torch::Tensor& all, int64_t first, int64_t count) {
  if (!all.defined()) return all;
  const auto part = all.narrow(0, first, count);
  if (!is_time_first(all)) return part.contiguous();
  const int64_t time = all.dim() - 2;
  return part.movedim(time, 0).contiguous().movedim(0, time);
}

double largest(const torch::Tensor& magnitudes, const torch::Tensor& samples) {
  if (magnitudes.defined()) return std::abs(magnitudes.max().item<double>());
  if (!samples.defined()) return 0.0;
  return samples.abs().max().item<double>();  // a NaN may have a sign
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
  const auto mixture = room();
  const auto target = room();
  Batch batch;
  for (int64_t i = 0; i < count; ++i) {
    const auto& item = items[static_cast<size_t>(i)];
    const auto& example = dataset.get(item.example);
    check_item(item, example, shape, frames);
    const int64_t begin = item.first_frame * shape.num_bins;
    copy_frames(example.mixture->data() + begin, mixture[i]);
    copy_frames(example.target.data() + begin, target[i]);
    batch.examples.push_back(item.example);
  }
  batch.input = mixture.to(device);
  batch.known.mixture = batch.input;
  batch.known.targets = target.to(device).unsqueeze(1);  // (B, 1, T, F)
  return batch;
}

Batch part_of(const Batch& batch, int64_t first, int64_t count) {
  const auto& all = batch.known;
  Batch part;
  part.input = items_of(batch.input, first, count);
  part.spectrum = items_of(batch.spectrum, first, count);
  part.stft = batch.stft;
  part.known.mixture = items_of(all.mixture, first, count);
  part.known.targets = items_of(all.targets, first, count);
  part.known.projections = items_of(all.projections, first, count);
  part.known.target_energies = items_of(all.target_energies, first, count);
  part.known.mixture_energy = items_of(all.mixture_energy, first, count);
  part.known.target_waves = items_of(all.target_waves, first, count);
  part.known.mixture_waves = items_of(all.mixture_waves, first, count);
  part.known.exchangeable = all.exchangeable;
  return part;
}

std::string describe_batch(const Batch& batch) {
  constexpr size_t kMaxShown = 20;
  const auto& examples = batch.examples;
  const size_t num_shown = std::min(examples.size(), kMaxShown);
  return fmt::format(
      "mixture{} {}{} (largest magnitude of the mixtures {:.3g}, of the targets {:.3g})",
      examples.size() == 1 ? "" : "s",
      fmt::join(examples.data(), examples.data() + num_shown, ", "),
      num_shown < examples.size() ? fmt::format(" and {} more", examples.size() - num_shown)
                                  : "",
      largest(batch.known.mixture, batch.known.mixture_waves),
      largest(batch.known.targets.defined() ? batch.known.targets : batch.known.projections,
              batch.known.target_waves));
}

int64_t num_batches(const MixtureDataset& dataset, int64_t batch_size) {
  SEP_CHECK(batch_size >= 1, "batches of {} examples: wants at least 1", batch_size);
  return dataset.size() / batch_size + (dataset.size() % batch_size == 0 ? 0 : 1);
}

}  // namespace sep
