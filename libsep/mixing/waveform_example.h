#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "libsep/core/stem_name.h"

namespace sep {

/// One example of training or validation: the waveforms of a mixture and of its S stems, of
/// C channels and N samples each.
struct WaveformExample {
  int64_t sample_rate = 44100;  ///< Hz
  int64_t num_channels = 1;     ///< C
  int64_t num_samples = 0;      ///< N
  std::vector<float> mixture;   ///< (C, N)
  std::vector<float> stems;     ///< (S, C, N), in the order of WaveformExamples::stems()

  /// Where stem `s` begins, (C, N).
  const float* stem(int64_t s) const {
    return stems.data() + s * num_channels * num_samples;
  }
  float* stem(int64_t s) { return stems.data() + s * num_channels * num_samples; }
};

/// Examples, made when they are asked for. What get() gives is decided by its arguments
/// alone, whatever was asked for before, and by which thread.
class WaveformExamples {
 public:
  virtual ~WaveformExamples() = default;

  /// S names.
  virtual const std::vector<StemName>& stems() const = 0;

  /// How many there are, the same in each iteration; none: without end, another one for
  /// each iteration and index.
  virtual std::optional<int64_t> size() const = 0;

  /// The `index`-th example of an iteration. Any number of threads. Throws Error for a
  /// negative number, an index beyond size(), and where files cannot be read.
  virtual WaveformExample get(int64_t iteration, int64_t index) const = 0;
};

/// Examples 0 … count-1 of an iteration, on the threads that are free.
std::vector<WaveformExample> make_batch(const WaveformExamples& examples,
                                        int64_t iteration,
                                        int64_t count);

/// Root mean square of the mixture, all channels together, in double; 0 for no samples.
double mixture_rms(const WaveformExample& example);

}  // namespace sep
