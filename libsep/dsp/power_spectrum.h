#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace sep {

/// Power of one frame by frequency, for pictures: the periodic Hann window, whose side
/// lobes fall fast (the STFT's square root of it smears strong partials), and a scale on
/// which a sine of amplitude 1 in the middle of a bin has power 1, 0 dB.
class PowerSpectrum {
 public:
  /// Throws Error unless window_length is even and 2 … 2^20.
  explicit PowerSpectrum(int64_t window_length);
  ~PowerSpectrum();
  PowerSpectrum(PowerSpectrum&&) noexcept;
  PowerSpectrum& operator=(PowerSpectrum&&) noexcept;

  int64_t num_bins() const;  ///< window_length / 2 + 1

  /// Adds the power of window_length samples to `power` (num_bins()). Any number of
  /// threads. Throws Error for another number of bins.
  void add_to(std::vector<float>& power, const float* samples) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sep
