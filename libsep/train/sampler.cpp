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

std::vector<int64_t> sample_examples(const SamplingOptions& options,
                                     int64_t num_examples,
                                     int64_t iteration) {
  SEP_CHECK(num_examples >= 1, "a batch of no examples: wants a dataset of at least one");
  SEP_CHECK(options.batch_size >= 1,
            "batches of {} examples: wants at least 1",
            options.batch_size);
  SEP_CHECK(iteration >= 0, "iteration {}: wants 0 or more", iteration);
  const int64_t count =
      num_examples / options.batch_size + (num_examples % options.batch_size == 0 ? 0 : 1);
  const auto order = order_of_pass(options, num_examples, iteration / count);
  const int64_t first = iteration % count * options.batch_size;
  const int64_t last = first + std::min(options.batch_size, num_examples - first);
  return {order.begin() + first, order.begin() + last};
}

std::vector<BatchItem> sample_batch(const SamplingOptions& options,
                                    const MixtureDataset& dataset,
                                    int64_t iteration) {
  SEP_CHECK(options.num_frames >= 0,
            "segments of {} frames: wants 0 or more",
            options.num_frames);
  RandomStream segments(options.seed, "train/segment", {iteration});
  std::vector<BatchItem> items;
  for (const auto example : sample_examples(options, dataset.size(), iteration)) {
    BatchItem item{example, 0};
    const int64_t spare = dataset.get(item.example).num_frames - options.num_frames;
    if (options.num_frames > 0 && spare > 0) item.first_frame = segments.index(spare + 1);
    items.push_back(item);
  }
  return items;
}

}  // namespace sep
