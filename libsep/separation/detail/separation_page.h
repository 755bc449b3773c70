#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "libsep/audio/file.h"
#include "libsep/report/report.h"
#include "libsep/separation/separator.h"

namespace sep {

/// The page of a recording that is separated, made while its parts are written; for use by
/// separate_file(). What is heard is what comes here, or the files where the recording is
/// longer than ten minutes.
class SeparationPage {
 public:
  /// `run` is where the models' scores are, in eval/summary.csv; empty for none. Throws
  /// Error for a table that is there but damaged.
  SeparationPage(const Separator& separator,
                 const std::filesystem::path& recording,
                 const AudioInfo& info,
                 const std::filesystem::path& run);

  /// A track, in the order of the page; its samples then come as they lie in `file`.
  void begin_track(const std::string& name,
                   report::TrackRole role,
                   const std::filesystem::path& file);

  /// Appends to the track called `name`, in any blocks.
  void add(const std::string& name, const Signal& samples);

  /// The page, to lie in `folder`. Throws Error where a track is shorter than `info` said.
  std::string render(const std::filesystem::path& folder);

 private:
  struct Track {
    std::string name;
    report::TrackRole role;
    std::filesystem::path file;
    report::TrackBuilder builder;
  };

  void add_table(report::Table table);  // where it has rows
  void add_cards(const Separator& separator);
  std::vector<std::string> remarks() const;

  AudioInfo info_;
  report::Page page_;
  std::vector<Track> tracks_;
  std::map<std::string, size_t> places_;  ///< in tracks_, by name
};

}  // namespace sep
