#pragma once

#include <cstdint>
#include <memory>

#include "libsep/core/signal.h"

namespace sep {

/// Samples that N samples at `from_rate` become at `to_rate`: ceil(N * to_rate /
/// from_rate). Back again gives N or more, so that a cut restores the length.
int64_t resampled_length(int64_t num_samples, int64_t from_rate, int64_t to_rate);

/// Another sample rate, through libsoxr at its highest quality: linear phase, no delay,
/// level kept, what the new rate cannot hold filtered out (flat to 0.91 of the lower
/// Nyquist frequency). The same rate gives the same samples, to the bit.
///
///     Resampler resampler(2, 48000, 44100);
///     while (more) use(resampler.process(block));   // any lengths, none included
///     use(resampler.finish());
///
/// All blocks together are resample() of the whole signal but for rounding, whatever the
/// lengths of the blocks; memory does not grow with time.
class Resampler {
 public:
  /// Throws Error unless there is a channel and rates are 1 to 10^7 Hz.
  Resampler(int64_t num_channels, int64_t from_rate, int64_t to_rate);
  ~Resampler();
  Resampler(Resampler&&) noexcept;
  Resampler& operator=(Resampler&&) noexcept;

  /// Takes (C, n), gives what is ready, (C, m). Throws Error for another rate or channel
  /// count, and after finish().
  Signal process(const Signal& block);

  /// What is left, up to resampled_length() of all that came.
  Signal finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The whole signal at once, (C, N) to (C, resampled_length(N)).
Signal resample(const Signal& signal, int64_t sample_rate);

}  // namespace sep
