#pragma once

#include <cstdint>
#include <vector>

#include "libsep/dsp/stft.h"

namespace sep {

/// Y / X of the formulas below: sum(w) / sqrt(W).
double power_scale(const StftOptions& options);

/// What is added to Y^2 before a logarithm, 60 dB below a bin's 1.
constexpr double kPowerFloor = 1e-6;

/// The long-term spectrum of a recording, which holds its colour: microphones, the room,
/// what a converter or a sound font cuts off. A network hears a recording of another colour
/// than those of its training better where it is first equalised to theirs. That is
/// cepstral mean normalisation (Atal, JASA 55(6), 1974) towards a mean that is known, and
/// of the smooth part of a spectrum alone, the lowest cepstral coefficients, so that the
/// notes that happen to be played stay:
///
///     Y      |X| sum(w) / sqrt(W), of a recording of unit RMS: does not grow with W
///     m_f    mean over frames of log10(Y^2 + 1e-6)
///
/// Frames of less than 1e-4 of the energy that unit RMS has, -40 dB, are left out: pauses
/// say nothing of colour. Each channel has its own. Sums are in double, in the order in
/// which frames come: blocks of a recording give what all of it gives.
class LongTermSpectrum {
 public:
  /// Throws ConfigError where options.validate() does, Error unless there is at least one
  /// channel and num_bins is 1 … options.num_bins().
  LongTermSpectrum(const StftOptions& options, int64_t num_channels, int64_t num_bins);

  /// Frames of all channels, (C, T, F); bins from num_bins on are left out. `gain` brings
  /// the recording to unit RMS. Throws Error for another shape.
  void add(const Spectrogram& frames, double gain);

  /// Frames of one channel, |X| (T, num_bins) at unit RMS.
  void add(const float* magnitude, int64_t channel, int64_t num_frames);

  /// m, (C, num_bins), or none where no frame of the channel counted: empty.
  std::vector<std::vector<float>> means() const;

 private:
  int64_t num_channels_, num_bins_;
  double scale_;         // Y / X
  double least_energy_;  // of a frame that counts, a sum of Y^2
  std::vector<double> sums_;
  std::vector<int64_t> num_frames_;
};

/// Running means over `width` bins, odd, the first and the last one standing for those
/// beyond the ends. Throws Error for another width.
std::vector<float> smoothed(const std::vector<float>& values, int64_t width);

/// In place, |X| (T, F) of one channel at unit RMS: what has the power Y^2 + 1e-6 in a bin
/// has it divided by 10^d there, d being `difference`, (F).
void equalize(float* magnitude,
              int64_t num_frames,
              const StftOptions& options,
              const std::vector<float>& difference);

}  // namespace sep
