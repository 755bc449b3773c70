// Scores by libsep::metrics alone: no LibTorch, neither headers nor libraries.
#include <libsep/metrics/bss_scale.h>

#include <cmath>
#include <cstdio>

int main() {
  // Orthogonal sines: the error has a hundredth of the target's energy, 20 dB below.
  std::vector<double> target, rest, estimate;
  for (int n = 0; n < 1000; ++n) {
    target.push_back(std::sin(2 * M_PI * 10 * n / 1000));
    rest.push_back(std::sin(2 * M_PI * 20 * n / 1000));
    estimate.push_back(target.back() + 0.1 * rest.back());
  }
  const auto scores = sep::score_estimate(target, rest, estimate);
  std::printf("SI-SDR %.3f dB\n", scores.si_sdr);
  return std::abs(scores.si_sdr - 20.0) < 1e-6 ? 0 : 1;
}
