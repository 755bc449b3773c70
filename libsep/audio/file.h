#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "libsep/core/signal.h"

namespace sep {

/// What the header of an audio file says.
struct AudioInfo {
  int64_t num_channels = 0;
  int64_t num_samples = 0;  ///< a channel
  int64_t sample_rate = 0;  ///< Hz
  std::string format;       ///< "WAV, 16 bit"
};

/// Anything libsndfile reads. Throws Error with the path: not there, not audio, no or
/// more than 32 channels, no samples, a rate that is not positive.
AudioInfo read_audio_info(const std::filesystem::path& path);

/// All samples, (C, N), integers scaled to ±1 (int16: / 32768, exact). Throws Error as
/// read_audio_info(), and where the file ends before its header says or holds samples
/// that are not finite.
Signal read_audio(const std::filesystem::path& path);

enum class SampleFormat { kInt16, kInt24, kFloat32 };

/// Writes WAV or FLAC after the extension (.wav, .flac), atomically. Integers are
/// rounded to nearest and clipped to full scale, never wrapped. Throws Error for
/// another extension, FLAC in float, or a folder that cannot be written to; Failure
/// where the disk is full. The same signal gives the same bytes.
void write_audio(const std::filesystem::path& path, const Signal& signal, SampleFormat format);

}  // namespace sep
