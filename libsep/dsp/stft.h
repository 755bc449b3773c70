#pragma once

#include <complex>
#include <cstdint>
#include <memory>
#include <vector>

#include "libsep/core/signal.h"
#include "libsep/dsp/window.h"

namespace sep {

struct StftOptions {
  int64_t window_length = 512;  ///< samples; even, 2 … 65536
  int64_t hop_length = 128;  ///< samples; 1 … window_length, and such that the sum of w^2
                             ///< over the frames stays above 1e-3 of its maximum
  StftWindow window = StftWindow::kSqrtHann;  ///< w of both directions

  int64_t num_bins() const { return window_length / 2 + 1; }

  /// Throws ConfigError that names the field, its value and its bound.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("window_length", window_length);
    archive("hop_length", hop_length);
    archive("window", window);
  }
};

/// Complex spectrogram of C channels, T frames, F bins; frames are contiguous.
struct Spectrogram {
  int64_t num_channels = 1;
  int64_t num_frames = 0;
  int64_t num_bins = 0;
  std::vector<std::complex<float>> bins;  ///< (C, T, F)

  std::vector<float> magnitude() const;  ///< (C, T, F), |X|
};

/// Short-time Fourier transform and its inverse, in single precision (FFTW3).
///
/// Frame t is centred on sample t * hop_length: window_length / 2 zeros stand before
/// and after the signal, and then as many more at the end as make the last frame whole.
/// A signal of no samples has one frame of zeros.
///
///     signal     a b c d e f          window_length 4, hop_length 2
///     padded  0 0 a b c d e f 0 0
///     frames  [0 0 a b]      t = 0, centred on a
///                 [a b c d]  t = 1, centred on c
///
/// Frames: ceil(N / hop_length) + 1. Each is multiplied by the window w and its
/// spectrum by 1 / sum(w): a sine of amplitude 1 in the middle of a bin has magnitude
/// 0.5. The inverse multiplies by sum(w), by w again, adds the frames up and divides by
/// the sum of w^2, so that inverse(forward(x)) is x; wherever validate() passes, that
/// sum is above 1e-3 of its maximum at every sample of the signal, ends included. The
/// imaginary parts of the first and the last bin, which a real signal does not have,
/// are of no effect in the inverse. (After nussl 1.1.9, docs/protocol.md.)
///
/// On one machine the same input gives the same bits in every thread and process: plans
/// are made with FFTW_ESTIMATE.
class Stft {
 public:
  /// Throws ConfigError where options.validate() does.
  explicit Stft(const StftOptions& options);
  ~Stft();
  Stft(Stft&&) noexcept;
  Stft& operator=(Stft&&) noexcept;

  const StftOptions& options() const;

  /// ceil(num_samples / hop_length) + 1. Throws Error for a negative number.
  int64_t num_frames(int64_t num_samples) const;

  /// (C, N) -> (C, T, F). Any number of threads may call it on one object.
  Spectrogram forward(const Signal& signal) const;

  /// (C, T, F) -> (C, num_samples). Throws Error unless F is options().num_bins() and
  /// T is num_frames(num_samples). Any number of threads.
  Signal inverse(const Spectrogram& spectrogram,
                 int64_t num_samples,
                 int64_t sample_rate) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sep
