#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "libsep/data/dataset.h"
#include "libsep/data/fold.h"
#include "libsep/data/mixer.h"
#include "libsep/dsp/stft.h"

namespace sep {

/// One training example: magnitudes of a mixture and of what a mask should leave of it.
struct Example {
  int64_t num_frames = 0;      ///< T
  int64_t num_bins = 0;        ///< F
  std::vector<float> mixture;  ///< (T, F), magnitude spectrogram
  std::vector<float> target;   ///< (T, F)
};

/// The rendered mixtures of one fold, for training and validation; they serve every
/// instrument and every epoch. Ten and ten mixtures of four stems, 25 s at 44.1 kHz, are
/// 20 x 5 x 4.4 MB = 441 MB.
struct FoldMixtures {
  std::vector<Mixture> train;
  std::vector<Mixture> validation;
};

/// Draws and renders them on `num_threads` threads (0: one a core); the result does not
/// depend on that number. Training mixtures draw from the fold's training pieces sorted
/// by name, validation mixtures from its validation pieces; mixture i of either has seed
/// first_seed + i. While it works, the stems of every piece drawn are held too, each read
/// once (Bach10: 18 to 29 MB a piece). Throws Error as load_piece() and render_mixture(),
/// and for a fold without training or validation pieces.
FoldMixtures render_fold(const Dataset& dataset,
                         const Fold& fold,
                         const MixtureOptions& options,
                         int64_t num_threads);

/// What the network learns to leave of the mixture.
enum class TargetRule {
  kByName,  ///< the instrument asked for
  kLegacy,  ///< the published rule: of the instrument's name and the others' names joined
            ///< by "+", the one that sorts second; for bassoon, that is the others
};

/// The examples of one instrument, spectra computed once on `num_threads` threads (0: one
/// a core). A mixture of 25 s at 44.1 kHz with windows of 512 and hops of 128 is 18 MB.
class MixtureDataset {
 public:
  /// `mixtures` must outlive the constructor only.
  MixtureDataset(const std::vector<Mixture>& mixtures,
                 const StemName& instrument,
                 TargetRule rule,
                 const StftOptions& stft,
                 int64_t num_threads);

  int64_t size() const { return static_cast<int64_t>(examples_.size()); }
  const Example& get(int64_t index) const {
    return examples_.at(static_cast<size_t>(index));
  }

 private:
  std::vector<Example> examples_;
};

/// What of `mixture` is the target: the stem, or the sum of the others. Throws Error for
/// an instrument the mixture lacks.
Signal target_of(const Mixture& mixture, const StemName& instrument, TargetRule rule);

}  // namespace sep
