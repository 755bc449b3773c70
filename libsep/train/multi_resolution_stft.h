#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "libsep/core/config.h"
#include "libsep/train/loss.h"

namespace sep {

/// multi_resolution_stft: how spectra of waveforms differ in magnitude, in several
/// resolutions (Yamamoto, Song and Kim, ICASSP 2020; numbers as auraloss's). With
/// m = sqrt(max(|STFT|^2, 1e-8)) of estimate e and target s, the mean over resolutions of
///
///     spectral_convergence  |m_s - m_e| / max(|m_s|, sqrt(1e-3) |m_x|)
///     + log_magnitude       mean of |ln m_e - ln m_s|
///     + magnitude           mean of |m_e - m_s|
///
/// each times its weight; |.| are norms over the whole batch, so that items are coupled
/// there (costs of single stems take norms of their own). No gradient comes where |STFT| is
/// below 1e-4: what is silent to that depth stays as it is, so it is to stand beside a loss
/// that hears phase and level, as 0.1 snr.
///
/// Frames: periodic Hann windows in the middle of the FFT's length, zeros around; the
/// signal continued by half an FFT at both ends by reflection; floor(N / hop) + 1 of them;
/// no scaling. Channels count as further items.
struct StftResolution {
  int64_t fft_length = 1024;    ///< samples, 4 … 65536; N has to be above half of it
  int64_t hop_length = 120;     ///< 1 … window_length
  int64_t window_length = 600;  ///< 2 … fft_length

  /// Throws ConfigError that names the field, its value and its bound.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("fft_length", fft_length, "samples, 4 … 65536");
    archive("hop_length", hop_length, "samples, 1 … window_length");
    archive("window_length", window_length, "samples, 2 … fft_length");
  }
};

/// 1024, 120, 600; 2048, 240, 1200; 512, 50, 240.
std::vector<StftResolution> default_resolutions();

struct MultiResolutionStftOptions {
  std::vector<StftResolution> resolutions = default_resolutions();
  double spectral_convergence = 1.0;  ///< weights, 0 … 1e6
  double log_magnitude = 1.0;
  double magnitude = 0.0;

  /// Throws ConfigError that names the field, its value and its bound.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("resolutions", resolutions, "a list of them");
    archive("spectral_convergence", spectral_convergence, "weight, 0 … 1e6");
    archive("log_magnitude", log_magnitude, "weight, 0 … 1e6");
    archive("magnitude", magnitude, "weight, 0 … 1e6");
  }
};

/// Throws Error in the call for signals that are too short for a resolution.
std::shared_ptr<Loss> make_multi_resolution_stft(const MultiResolutionStftOptions& options);

}  // namespace sep
