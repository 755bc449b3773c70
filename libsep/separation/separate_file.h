#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string_view>
#include <utility>

#include "libsep/audio/file.h"
#include "libsep/core/config.h"
#include "libsep/separation/separator.h"
#include "libsep/separation/stream_separator.h"

namespace sep {

/// How separated parts are written.
enum class PartFormat {
  kWav,    ///< 32 bit float: nothing is rounded or clipped
  kWav24,  ///< 24 bit
  kFlac,   ///< 24 bit; at most 8 channels
};
template <>
struct EnumNames<PartFormat> {
  static constexpr std::pair<PartFormat, std::string_view> kValues[] = {
      {PartFormat::kWav, "wav"},
      {PartFormat::kWav24, "wav24"},
      {PartFormat::kFlac, "flac"}};
};

/// What came of a recording.
struct SeparatedFile {
  AudioInfo input;
  std::map<StemName, std::filesystem::path> stems;
  std::filesystem::path remainder;
  int64_t num_clipped = 0;  ///< samples of all parts beyond full scale; 0 for kWav
};

/// Separates a recording of any rate, length and number of channels into
///
///     folder/violin.wav …      one file an instrument
///     folder/remainder.wav     the recording minus these
///
/// each at the recording's rate, length and channels, so that together they are the
/// recording again (to float's rounding; for the 24-bit formats to theirs). Channels are
/// separated each by itself. What models of a lower rate cannot hold stays in the
/// remainder.
///
/// Memory does not grow with the recording (StreamSeparator); `folder`, created where it
/// is not there, also holds the intermediate audio while it works. Files appear when all
/// is done, and nothing is left of them where anything is thrown: Error where the recording
/// cannot be read or is cut short, where the format cannot hold it, where it would be
/// overwritten or the folder cannot be written to, and where an instrument's name cannot be
/// a file's; Failure where the disk is full; what `report` throws.
SeparatedFile separate_file(const Separator& separator,
                            const std::filesystem::path& recording,
                            const std::filesystem::path& folder,
                            PartFormat format = PartFormat::kWav,
                            const StreamSeparator::Report& report = {});

}  // namespace sep
