#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "libsep/core/signal.h"

namespace sep {

/// Whether libsndfile was built with Opus.
bool has_opus();

/// A recording as Ogg Opus in memory, to be heard in a browser: at 48 kHz, about 80
/// kbit/s in mono and 112 in stereo, further channels mixed to mono by their mean. Not
/// exact: for listening, not for scores. The same signals in the same pieces give the same
/// bytes.
class OpusEncoder {
 public:
  /// Throws Error for no channel or a rate that cannot be resampled, Failure where
  /// libsndfile has no Opus.
  OpusEncoder(int64_t num_channels, int64_t sample_rate);
  ~OpusEncoder();
  OpusEncoder(OpusEncoder&&) noexcept;
  OpusEncoder& operator=(OpusEncoder&&) noexcept;

  /// Appends. Throws Error for another rate or channel count.
  void add(const Signal& signal);

  /// The file's bytes. Throws Error where nothing was added, and when called twice.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sep
