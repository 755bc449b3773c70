#pragma once

#include <cstdint>

#include "libsep/train/batch.h"

namespace sep {

/// What each update of a training sees.
class BatchSource {
 public:
  virtual ~BatchSource() = default;

  /// Of update `iteration` (from 0); depends on nothing else, whatever was asked before: a
  /// training that is taken up again sees what it would have seen.
  virtual Batch batch(int64_t iteration) = 0;
};

/// What a training is validated on after each epoch: the same batches each time.
class ValidationSource {
 public:
  virtual ~ValidationSource() = default;
  virtual int64_t num_batches() const = 0;  ///< at least 1
  virtual Batch batch(int64_t index) const = 0;
};

/// Batches of the mixtures of an epoch: passes follow one another without a break
/// (sampler.h).
class MixtureBatches : public BatchSource {
 public:
  /// Keeps a reference to `examples`.
  MixtureBatches(ExampleSource& examples,
                 const SamplingOptions& sampling,
                 int64_t iterations_per_epoch,
                 const torch::Device& device)
      : examples_(examples),
        sampling_(sampling),
        iterations_per_epoch_(iterations_per_epoch),
        device_(device) {}

  Batch batch(int64_t iteration) override;

 private:
  ExampleSource& examples_;
  SamplingOptions sampling_;
  int64_t iterations_per_epoch_;
  torch::Device device_;
};

/// Mixtures whole and in their order, in batches of `batch_size`.
class MixtureValidation : public ValidationSource {
 public:
  /// Keeps a reference to `examples`. Throws Error where there is none.
  MixtureValidation(const MixtureDataset& examples,
                    int64_t batch_size,
                    const torch::Device& device);

  int64_t num_batches() const override { return sep::num_batches(examples_, batch_size_); }
  Batch batch(int64_t index) const override {
    return make_batch(examples_, index, batch_size_, device_);
  }

 private:
  const MixtureDataset& examples_;
  int64_t batch_size_;
  torch::Device device_;
};

}  // namespace sep
