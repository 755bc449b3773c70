#include "libsep/train/batch_source.h"

#include "libsep/core/error.h"

namespace sep {

Batch MixtureBatches::batch(int64_t iteration) {
  const auto& examples = examples_.epoch(iteration / iterations_per_epoch_);
  const auto items = sample_batch(sampling_, examples, iteration);
  return make_batch(examples, items, sampling_.num_frames, device_);
}

MixtureValidation::MixtureValidation(const MixtureDataset& examples,
                                     int64_t batch_size,
                                     const torch::Device& device)
    : examples_(examples), batch_size_(batch_size), device_(device) {
  SEP_CHECK(examples.size() >= 1, "no examples to validate on, wants at least one");
}

}  // namespace sep
