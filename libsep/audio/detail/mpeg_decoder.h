#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "libsep/audio/detail/byte_source.h"

namespace sep {

/// MPEG audio (MP3) by libmpg123. libsndfile, which uses it too, takes a guess for the
/// length where the first frame does not say it, and reads no further: of a file of
/// variable bit rate that can be the smaller half. And it lets libmpg123 write warnings to
/// stderr.
class MpegDecoder {
 public:
  /// Of `size` bytes from the `begin`-th on; `source` must live as long. Looks at every
  /// frame, past whatever lies between them. Throws Error, without a path: not MPEG audio,
  /// or fewer frames than its first one says.
  MpegDecoder(const ByteSource& source, int64_t begin, int64_t size);
  ~MpegDecoder();
  MpegDecoder(const MpegDecoder&) = delete;
  MpegDecoder& operator=(const MpegDecoder&) = delete;

  int64_t num_channels() const;
  int64_t num_samples() const;  ///< a channel; without the encoder's padding where known
  int64_t sample_rate() const;  ///< Hz
  std::string layer() const;    ///< "MPEG Layer III"

  /// The next `count` samples of each channel, interleaved. Throws Error where fewer come:
  /// the file is damaged, or changes its rate or channels.
  void read(float* interleaved, int64_t count);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sep
