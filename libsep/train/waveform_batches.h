#pragma once

#include <cstdint>
#include <vector>

#include "libsep/dsp/stft.h"
#include "libsep/mixing/examples_ahead.h"
#include "libsep/mixing/waveform_example.h"
#include "libsep/model/network.h"
#include "libsep/train/batch_source.h"

namespace sep {

/// What is to be computed from waveforms for a network and its losses.
struct BatchRecipe {
  /// That of a network, of an STFT, and of what its losses need.
  BatchRecipe(const Network& network, const StftOptions& stft, const LossNeeds& needs);

  NetworkDomain domain;
  InputLevel level;
  int64_t num_bins;  ///< F, at most those of the STFT; sums of energies are over these
  StftOptions stft;
  LossNeeds needs;
};

/// Examples as a network and its losses want them, scaled to the network's level. On the
/// threads that are free. Throws Error for examples of unlike shapes, and for a network of
/// bins for several channels.
Batch make_batch(const std::vector<WaveformExample>& examples,
                 const BatchRecipe& recipe,
                 const torch::Device& device);

/// A batch of examples each update, made ahead of it on threads that are free. Of examples
/// that are finite in number: passes over them, as sample_batch().
class WaveformBatches : public BatchSource {
 public:
  /// Keeps a reference to `examples`. No iteration from `num_iterations` on is made ahead.
  WaveformBatches(const WaveformExamples& examples,
                  const BatchRecipe& recipe,
                  const SamplingOptions& sampling,
                  int64_t num_iterations,
                  const torch::Device& device);

  Batch batch(int64_t iteration) override;

 private:
  Batch make(int64_t iteration) const;

  const WaveformExamples& examples_;
  BatchRecipe recipe_;
  SamplingOptions sampling_;
  torch::Device device_;
  ExamplesAhead<Batch> ahead_;
};

/// Examples that are finite in number, in batches of `batch_size`, in their order.
class WaveformValidation : public ValidationSource {
 public:
  /// Keeps a reference. Throws Error for examples without end, and none.
  WaveformValidation(const WaveformExamples& examples,
                     const BatchRecipe& recipe,
                     int64_t batch_size,
                     const torch::Device& device);

  int64_t num_batches() const override;
  Batch batch(int64_t index) const override;

 private:
  const WaveformExamples& examples_;
  BatchRecipe recipe_;
  int64_t batch_size_;
  torch::Device device_;
  int64_t size_;
};

}  // namespace sep
