#include "libsep/metrics/score_status.h"

#include <algorithm>
#include <cmath>

namespace sep {

ScoreStatus score_status(const Signal& reference, const Signal& estimate) {
  if (!same_shape(reference, estimate)) return ScoreStatus::kFailed;
  if (!is_finite(reference) || !is_finite(estimate)) return ScoreStatus::kFailed;
  if (is_silent(reference)) return ScoreStatus::kSilentReference;
  if (is_silent(estimate)) return ScoreStatus::kSilentEstimate;
  return ScoreStatus::kOk;
}

bool is_finite(const Signal& signal) {
  return std::all_of(signal.samples.begin(), signal.samples.end(), [](float x) {
    return std::isfinite(x);
  });
}

bool same_shape(const Signal& a, const Signal& b) {
  return a.num_channels == b.num_channels && a.samples.size() == b.samples.size() &&
         a.sample_rate == b.sample_rate;
}

}  // namespace sep
