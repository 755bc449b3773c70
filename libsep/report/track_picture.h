#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "libsep/core/signal.h"

namespace sep {

/// A recording as it is drawn: levels by column of time, and decibels by column and
/// frequency, once on a logarithmic and once on a linear axis. 0 dB is a sine of
/// amplitude 1; of several channels, levels are the extremes and power is the mean.
struct TrackPicture {
  static constexpr int64_t kRows = 240;
  static constexpr float kSilence = -200.0F;  ///< dB, for none at all

  int64_t num_columns = 0;
  std::vector<float> low, high, rms;     ///< by column
  std::vector<float> log_db, linear_db;  ///< (kRows, num_columns); row 0 is highest_hz
  double lowest_hz = 0.0;  ///< of the logarithmic axis; the linear begins at 0
  double highest_hz = 0.0;
  float peak = 0.0F;  ///< of all channels
  double total_rms = 0.0;
  float loudest_db = kSilence;  ///< largest of log_db
};

/// Draws a recording that comes piece by piece; memory does not grow with its length.
class TrackAnalysis {
 public:
  /// Throws Error unless all are at least 1.
  TrackAnalysis(int64_t num_channels, int64_t sample_rate, int64_t num_samples);
  ~TrackAnalysis();
  TrackAnalysis(TrackAnalysis&&) noexcept;
  TrackAnalysis& operator=(TrackAnalysis&&) noexcept;

  /// Appends. Throws Error for another channel count or more than num_samples in all.
  void add(const Signal& signal);

  /// Throws Error where fewer samples came than were said.
  TrackPicture finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A spectrogram (TrackPicture::kRows, num_columns) as PNG: `lowest_db` and below the
/// first colour, `highest_db` and above the last. Throws Error for another size.
std::string spectrogram_png(const std::vector<float>& db,
                            int64_t num_columns,
                            float lowest_db,
                            float highest_db);

/// The colour at `place` 0 … 1 as "#rrggbb": from near black over violet and orange to
/// pale yellow, evenly by eye. Lightness rises linearly in OKLab (Ottosson 2020) while
/// the hue turns; chroma is held inside sRGB.
std::string map_colour(double place);

}  // namespace sep
