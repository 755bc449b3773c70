#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

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

struct SeparateFileOptions {
  PartFormat format = PartFormat::kWav;
  std::set<StemName> stems;  ///< those to write, of separator.stems(); empty: all. The
                             ///< others stay in the remainder
  bool page = false;  ///< folder/report.html as well, to look at and to listen to: the
                      ///< recording and its parts, their pictures, the models
  std::filesystem::path run;  ///< where the page finds the models' scores, in
                              ///< eval/summary.csv (run_of()); empty: without
};

/// What came of a recording.
struct SeparatedFile {
  AudioInfo input;
  std::map<StemName, std::filesystem::path> stems;
  std::filesystem::path remainder;
  std::filesystem::path page;  ///< empty without one
  int64_t num_clipped = 0;     ///< samples of all parts beyond full scale; 0 for kWav

  /// Parts of an earlier separation into the folder that are none of this one, as other
  /// instruments or another format leave them: where they are now, in folder/earlier.
  std::vector<std::filesystem::path> moved;

  /// Audio files that lie beside the parts and are none, whoever put them there.
  std::vector<std::filesystem::path> others;
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
/// Memory does not grow with the recording (StreamSeparator), but for a page's audio of up
/// to ten minutes; `folder`, created where it is not there, also holds the intermediate
/// audio while it works: the recording twice, at its own rate and at the models'. The
/// recording is opened and read once.
///
/// Files appear when all is done, all or none (FileGroup): where anything is thrown, what
/// an earlier separation left is there as it was. Error where the recording cannot be read
/// or is cut short, where the format cannot hold it, where it would be overwritten or the
/// folder cannot be written to, where an instrument's name cannot be a file's, for stems
/// that the models do not give, and for a damaged table of scores; Failure where the disk
/// is full; what `report` throws.
SeparatedFile separate_file(const Separator& separator,
                            const std::filesystem::path& recording,
                            const std::filesystem::path& folder,
                            const SeparateFileOptions& options = {},
                            const StreamSeparator::Report& report = {});

}  // namespace sep
