#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "libsep/dsp/stft.h"
#include "libsep/mixing/fold_mixtures.h"

namespace sep {

/// One training example: magnitudes of a mixture and of what a mask should leave of it.
struct Example {
  int64_t num_frames = 0;                             ///< T
  int64_t num_bins = 0;                               ///< F
  std::shared_ptr<const std::vector<float>> mixture;  ///< (T, F), magnitude spectrogram
  std::vector<float> target;                          ///< (T, F)
};

/// Magnitude spectrograms of some mixtures, computed once: they serve the examples of
/// every instrument.
class MixtureSpectra {
 public:
  MixtureSpectra() = default;  ///< of no mixtures

  /// On `num_threads` threads (0: all there are). `mixtures` must outlive the constructor
  /// only.
  MixtureSpectra(const std::vector<Mixture>& mixtures,
                 const StftOptions& stft,
                 int64_t num_threads);

  const StftOptions& stft() const { return stft_; }
  const std::vector<std::shared_ptr<const std::vector<float>>>& magnitudes() const {
    return magnitudes_;
  }

 private:
  StftOptions stft_;
  std::vector<std::shared_ptr<const std::vector<float>>> magnitudes_;  ///< each (T, F)
};

/// What the network learns to leave of the mixture.
enum class TargetRule {
  kByName,  ///< the instrument asked for
  kLegacy,  ///< the published rule: of the instrument's name and the others' names joined
            ///< by "+", the one that sorts second; for bassoon, that is the others
};

/// The examples of one instrument, spectra computed on `num_threads` threads (0: one a
/// core). A spectrogram of 25 s at 44.1 kHz with windows of 512 and hops of 128 is 8.9 MB.
class MixtureDataset {
 public:
  /// Computes the spectra of the targets alone; those of the mixtures are shared. Throws
  /// Error for no mixtures, for targets that are not mono, and where the spectra are not as
  /// many or not as long. `mixtures` must outlive the constructor only.
  MixtureDataset(const std::vector<Mixture>& mixtures,
                 const MixtureSpectra& spectra,
                 const StemName& instrument,
                 TargetRule rule,
                 int64_t num_threads);

  /// The same with spectra of its own.
  MixtureDataset(const std::vector<Mixture>& mixtures,
                 const StemName& instrument,
                 TargetRule rule,
                 const StftOptions& stft,
                 int64_t num_threads);

  int64_t size() const { return static_cast<int64_t>(examples_.size()); }

  /// Throws Error unless 0 <= index < size().
  const Example& get(int64_t index) const;

 private:
  std::vector<Example> examples_;
};

/// What of `mixture` is the target: the stem, or the sum of the others. Throws Error for
/// an instrument the mixture lacks.
Signal target_of(const Mixture& mixture, const StemName& instrument, TargetRule rule);

}  // namespace sep
