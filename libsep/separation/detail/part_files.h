#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "libsep/audio/file.h"
#include "libsep/audio/resample.h"
#include "libsep/audio/spool.h"
#include "libsep/separation/detail/separation_page.h"
#include "libsep/separation/separate_file.h"

namespace sep {

/// About so many samples of all channels, as a number of samples a channel at `rate`, are
/// read, resampled to or from `other_rate` and written at a time.
int64_t chunk_length(int64_t num_channels, int64_t rate, int64_t other_rate);

/// Where parts come from and go to.
struct PartPlaces {
  std::filesystem::path recording;
  AudioInfo info;  ///< of the recording
  std::filesystem::path folder;
  PartFormat format;
};

/// The parts of one recording while they are written, and their page; for use by
/// separate_file(). The recording comes first, once; what is not in the stems is then
/// found from a copy on the disk.
class PartFiles {
 public:
  /// For these stems, which come at `model_rate`. `page` may be null. Throws Error where
  /// the recording would be overwritten, a folder is in the way or the format cannot hold
  /// the parts.
  PartFiles(const std::set<StemName>& stems,
            int64_t model_rate,
            const PartPlaces& places,
            SeparationPage* page);

  /// The next samples of the recording, (C, n) at its rate.
  void add_mixture(const Signal& samples);

  /// The next samples of the stems, (C, n) at the models' rate; others may be among them.
  void write(const std::map<StemName, Signal>& stems);

  /// Ends the files and gives them their names, all or none.
  SeparatedFile commit();

 private:
  struct Part {
    std::filesystem::path path;
    AudioWriter writer;
    std::optional<Resampler> back;  // none for the remainder
  };

  Part make_part(const std::string& name) const;
  void write_at_rate(std::map<StemName, Signal> stems);
  void write_part(const std::string& name, Part& part, const Signal& samples);
  std::set<std::string> names() const;
  SeparatedFile result() const;

  std::filesystem::path recording_, folder_;
  AudioInfo info_;
  PartFormat format_;
  int64_t model_rate_;
  SeparationPage* page_;
  SignalSpool mixture_;
  std::map<StemName, Part> stems_;
  std::optional<Part> remainder_;
  int64_t num_written_ = 0;
  int64_t num_clipped_ = 0;
};

}  // namespace sep
