#pragma once

#include <cstdint>
#include <memory>

#include "libsep/audio/detail/byte_source.h"
#include "libsep/audio/file.h"

namespace sep {

/// An audio file decoded from its begin to its end: AudioReader without a path.
class Decoder {
 public:
  virtual ~Decoder() = default;

  const AudioInfo& info() const { return info_; }

  /// The next `count` samples of each channel, interleaved, no more than there are left.
  /// Throws Error where they cannot be had.
  virtual void read(float* interleaved, int64_t count) = 0;

  /// As AudioReader's.
  virtual bool can_seek() const { return false; }
  virtual void seek(int64_t sample);

 protected:
  AudioInfo info_;
};

/// By libsndfile or libmpg123. Throws Error, without a path, as read_audio_info() does;
/// Failure where `source` does.
std::unique_ptr<Decoder> make_decoder(std::unique_ptr<ByteSource> source);

}  // namespace sep
