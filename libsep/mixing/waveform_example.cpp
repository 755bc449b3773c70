#include "libsep/mixing/waveform_example.h"

#include <cmath>

#include "libsep/core/threads.h"

namespace sep {

std::vector<WaveformExample> make_batch(const WaveformExamples& examples,
                                        int64_t iteration,
                                        int64_t count) {
  std::vector<WaveformExample> batch(static_cast<size_t>(count));
  parallel_for(count, 0, [&](int64_t i) {
    batch[static_cast<size_t>(i)] = examples.get(iteration, i);
  });
  return batch;
}

double mixture_rms(const WaveformExample& example) {
  if (example.mixture.empty()) return 0.0;
  double sum = 0.0;
  for (const float x : example.mixture) sum += static_cast<double>(x) * x;
  return std::sqrt(sum / static_cast<double>(example.mixture.size()));
}

}  // namespace sep
