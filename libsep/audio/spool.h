#pragma once

#include <cstdint>
#include <filesystem>

#include "libsep/core/file_descriptor.h"
#include "libsep/core/signal.h"

namespace sep {

/// A long signal on the disk, to be read back in any order: a file without a name that
/// is gone with this object, however the process ends.
class SignalSpool {
 public:
  /// Throws Error where no file can be created in `folder`.
  SignalSpool(const std::filesystem::path& folder,
              int64_t num_channels,
              int64_t sample_rate);

  /// Throws Error for another rate or channel count, Failure where the disk is full.
  void append(const Signal& signal);

  /// Samples [begin, end) of all channels, exactly. Throws Error unless 0 <= begin <=
  /// end <= num_samples(). Any number of threads, while nothing is appended.
  Signal read(int64_t begin, int64_t end) const;

  int64_t num_channels() const { return num_channels_; }
  int64_t num_samples() const { return num_samples_; }  ///< a channel
  int64_t sample_rate() const { return sample_rate_; }

 private:
  std::filesystem::path folder_;
  FileDescriptor file_;
  int64_t num_channels_;
  int64_t sample_rate_;
  int64_t num_samples_ = 0;
};

}  // namespace sep
