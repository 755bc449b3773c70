#pragma once

#include <cstdint>
#include <vector>

#include "libsep/mixing/mixture_dataset.h"

namespace sep {

/// Where the trainer gets the training examples of an epoch. FixedExamples where they are
/// made once (the published experiment), RenewedExamples (experiment/fold_examples.h) where
/// each epoch has new ones; one's own where they come from elsewhere.
class ExampleSource {
 public:
  virtual ~ExampleSource() = default;

  /// The examples of epoch `index` (from 0), always the same for the same index, whatever
  /// was asked before; valid until the next call.
  virtual const MixtureDataset& epoch(int64_t index) = 0;
};

/// The same examples in every epoch.
class FixedExamples : public ExampleSource {
 public:
  /// Keeps a reference.
  explicit FixedExamples(const MixtureDataset& dataset) : dataset_(dataset) {}
  const MixtureDataset& epoch(int64_t /*index*/) override { return dataset_; }

 private:
  const MixtureDataset& dataset_;
};

/// An example of a batch, and the first of its frames that the batch takes.
struct BatchItem {
  int64_t example = 0;
  int64_t first_frame = 0;
};

/// How updates choose what they see; TrainOptions says when to choose what.
struct SamplingOptions {
  int64_t batch_size = 5;  ///< examples; at least 1, more than there are: all
  bool shuffle = false;    ///< a new order in each pass
  int64_t num_frames = 0;  ///< of a random segment of each example; 0: all, as published
  uint64_t seed = 0;       ///< of order and segments; nothing is drawn without either
};

/// The numbers of the examples, of `num_examples`, that update `iteration` sees; as below.
std::vector<int64_t> sample_examples(const SamplingOptions& options,
                                     int64_t num_examples,
                                     int64_t iteration);

/// What update number `iteration` (from 0) sees: passes over the dataset follow one
/// another without a break, each in batches of batch_size (the last of a pass may be
/// smaller), in the dataset's order or in a random one of its own. Segments are drawn
/// anew at each update; examples of fewer frames are taken whole. Depends on nothing
/// but the arguments: a training that is taken up again sees what it would have seen.
/// Throws Error for a dataset of no examples, an iteration below 0 and an option out of its
/// bounds.
std::vector<BatchItem> sample_batch(const SamplingOptions& options,
                                    const MixtureDataset& dataset,
                                    int64_t iteration);

}  // namespace sep
