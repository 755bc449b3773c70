#pragma once

#include <cstdint>
#include <vector>

#include "libsep/metrics/detail/real_fft.h"

namespace sep::bss {

/// Correlations at lags 0 … L-1 of R reference channels with those R and with E estimate
/// channels:
///
///     at(i, j)[k] = sum over t of x_i[t] y_j[t + k],   y_0 … y_R-1 = x, y_R … the
///     estimates
///
/// with zeros around every signal. All that least squares on delayed references needs.
struct LagCorrelations {
  int64_t num_references = 0;
  int64_t num_estimates = 0;
  int64_t num_lags = 0;
  std::vector<double> values;  ///< (R, R + E, L)

  const double* at(int64_t reference, int64_t other) const {
    return values.data() +
           (reference * (num_references + num_estimates) + other) * num_lags;
  }
};

/// Adds them up while the signals come, so that memory does not grow with their length.
class LagCorrelator {
 public:
  LagCorrelator(int64_t num_references, int64_t num_estimates, int64_t num_lags);

  /// The next `count` samples of every channel, references first.
  void add(const std::vector<const float*>& channels, int64_t count);

  LagCorrelations finish();

 private:
  void take_block(int64_t begin);

  int64_t num_references_;
  int64_t num_channels_;
  int64_t num_lags_;
  RealFft fft_;
  int64_t block_length_;
  std::vector<std::vector<float>> pending_;  ///< by channel
  std::vector<Spectrum> sums_;               ///< (R, R + E)
};

}  // namespace sep::bss
