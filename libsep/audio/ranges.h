#pragma once

#include <cstdint>
#include <filesystem>

#include "libsep/audio/file.h"

namespace sep {

/// A file of which ranges are read, without what lies before them: for datasets that memory
/// does not hold. It is opened for each read, so that any number of files can be in use.
class AudioRanges {
 public:
  /// Reads the header. Throws Error as read_audio_info() does.
  explicit AudioRanges(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  const AudioInfo& info() const { return info_; }

  /// Whether ranges are what they are in the whole file: reads it once from begin to end
  /// and compares twelve of them; false without that where AudioReader cannot seek. A
  /// decoder that is wrong here is heard by nobody and learnt by a network. Throws Error
  /// where the file cannot be read.
  bool check() const;

  /// Samples [first, first + count), (C, count); zeros where there are none. Throws Error
  /// where AudioReader cannot seek, and where the file's header says something else than at
  /// first. Any number of threads.
  Signal read(int64_t first, int64_t count) const;

 private:
  std::filesystem::path path_;
  AudioInfo info_;
};

}  // namespace sep
