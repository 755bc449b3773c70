#pragma once

#include <cstdint>
#include <vector>

namespace sep::report {

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

}  // namespace sep::report
