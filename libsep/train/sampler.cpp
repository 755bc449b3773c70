#include "libsep/train/sampler.h"

#include <algorithm>
#include <numeric>

#include "libsep/core/error.h"
#include "libsep/core/random.h"
#include "libsep/train/batch.h"

namespace sep {
namespace {

std::vector<int64_t> order_of_pass(const SamplingOptions& options,
                                   int64_t count,
                                   int64_t pass) {
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  if (options.shuffle) {
    RandomStream(options.seed, "train/shuffle", {pass}).shuffle(order);
  }
  return order;
}

}  // namespace

std::vector<BatchItem> sample_batch(const SamplingOptions& options,
                                    const MixtureDataset& dataset,
                                    int64_t iteration) {
  SEP_CHECK(dataset.size() >= 1, "a batch of no examples: wants a dataset of at least one");
  SEP_CHECK(options.num_frames >= 0,
            "segments of {} frames: wants 0 or more",
            options.num_frames);
  SEP_CHECK(iteration >= 0, "iteration {}: wants 0 or more", iteration);
  const int64_t count = num_batches(dataset, options.batch_size);
  const auto order = order_of_pass(options, dataset.size(), iteration / count);
  const int64_t first = iteration % count * options.batch_size;
  const int64_t last = first + std::min(options.batch_size, dataset.size() - first);
  RandomStream segments(options.seed, "train/segment", {iteration});
  std::vector<BatchItem> items;
  for (int64_t i = first; i < last; ++i) {
    BatchItem item{order[static_cast<size_t>(i)], 0};
    const int64_t spare = dataset.get(item.example).num_frames - options.num_frames;
    if (options.num_frames > 0 && spare > 0) item.first_frame = segments.index(spare + 1);
    items.push_back(item);
  }
  return items;
}

}  // namespace sep
