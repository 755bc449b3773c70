#pragma once

#include <cstdint>
#include <memory>

#include "libsep/core/signal.h"
#include "libsep/report/track_picture.h"

namespace sep::report {

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

}  // namespace sep::report
