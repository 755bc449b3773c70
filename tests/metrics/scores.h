#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "libsep/core/random.h"
#include "libsep/metrics/bss_scale.h"

using Values = std::vector<double>;

/// The twelve under the names the reference gives them.
inline const std::vector<std::pair<std::string, double sep::Scores::*>>& all_scores() {
  static const std::vector<std::pair<std::string, double sep::Scores::*>> scores = {
      {"SI-SDR", &sep::Scores::si_sdr},
      {"SI-SIR", &sep::Scores::si_sir},
      {"SI-SAR", &sep::Scores::si_sar},
      {"SD-SDR", &sep::Scores::sd_sdr},
      {"SNR", &sep::Scores::snr},
      {"SRR", &sep::Scores::srr},
      {"SI-SDRi", &sep::Scores::si_sdri},
      {"SD-SDRi", &sep::Scores::sd_sdri},
      {"SNRi", &sep::Scores::snri},
      {"MIX-SI-SDR", &sep::Scores::mix_si_sdr},
      {"MIX-SD-SDR", &sep::Scores::mix_sd_sdr},
      {"MIX-SNR", &sep::Scores::mix_snr}};
  return scores;
}

/// `cycles` whole periods of a sine, amplitude 1. Such signals of different numbers of
/// cycles are orthogonal to each other and without mean.
inline Values sine(size_t num_samples, int cycles) {
  Values result(num_samples);
  for (size_t n = 0; n < num_samples; ++n) {
    result[n] = std::sin(2.0 * M_PI * cycles * double(n) / double(num_samples));
  }
  return result;
}

inline Values noise(size_t num_samples, const char* name) {
  sep::RandomStream random(11, name);
  Values result(num_samples);
  for (double& value : result) value = random.normal();
  return result;
}

/// a x + b y
inline Values combine(double a, const Values& x, double b, const Values& y) {
  Values result(x.size());
  for (size_t n = 0; n < x.size(); ++n) result[n] = a * x[n] + b * y[n];
  return result;
}
