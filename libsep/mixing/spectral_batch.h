#pragma once

#include <cstdint>
#include <vector>

#include "libsep/core/config.h"
#include "libsep/dsp/stft.h"
#include "libsep/mixing/waveform_example.h"

namespace sep {

/// What a mixture is scaled to, its stems alike, before a network hears it.
enum class MixtureLevel {
  kAsIs,     ///< as it came
  kUnitRms,  ///< root mean square 1; silence as it came
};
template <>
struct EnumNames<MixtureLevel> {
  static constexpr std::pair<MixtureLevel, std::string_view> kValues[] = {
      {MixtureLevel::kAsIs, "as_is"}, {MixtureLevel::kUnitRms, "unit_rms"}};
};

/// Which members of a SpectralBatch beside the mixture are made.
struct SpectralBatchOptions {
  MixtureLevel level = MixtureLevel::kUnitRms;
  bool magnitudes = false;  ///< targets
  bool phase = true;        ///< projections and energies
  int64_t num_bins = 0;     ///< the lowest, all else left out, of energies too; 0: all
};

/// Examples as losses on the spectrum want them, X the transform of a mixture and S of a
/// stem. All that a real mask M can do is decided by |X|, Q = Re(conj(X) S) / |X|, the part
/// of S that has X's phase, and the sum of |S|^2:
///
///     sum |M X - S|^2 = sum (M |X| - Q)^2 + sum |S|^2 - sum Q^2
///
/// so that neither loss nor gradient needs complex numbers. Where X is 0 it counts as of
/// phase 0: Q is Re S there. Spectra are Stft's, F bins of one side, divided by the sum of
/// the window; sums run over channels, frames and these F bins (the lowest of them, where
/// options say so), each counted once. An example of one channel has no axis C. What was
/// not asked for is empty.
struct SpectralBatch {
  int64_t num_examples = 0;             ///< B
  int64_t num_stems = 0;                ///< S
  int64_t num_channels = 1;             ///< C
  int64_t num_frames = 0;               ///< T
  int64_t num_bins = 0;                 ///< F
  std::vector<float> mixture;           ///< (B, C, T, F), |X|
  std::vector<float> targets;           ///< (B, S, C, T, F), |S|
  std::vector<float> projections;       ///< (B, S, C, T, F), Q
  std::vector<float> target_energies;   ///< (B, S), sum of |S|^2
  std::vector<float> mixture_energies;  ///< (B), sum of |X|^2
  std::vector<double> factors;          ///< (B), what waveforms times which have this level
};

/// On the threads that are free; the same bytes on any number of them. Throws Error for no
/// examples and for examples of unlike shapes.
SpectralBatch spectral_batch(const std::vector<WaveformExample>& examples,
                             const Stft& stft,
                             const SpectralBatchOptions& options);

/// What the waveforms of an example are to be multiplied by to have the level.
double level_factor(const WaveformExample& example, MixtureLevel level);

}  // namespace sep
