#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "libsep/core/signal.h"
#include "libsep/report/track_picture.h"

namespace sep {

/// What a track of a page is; decides how mute and solo work on it.
enum class TrackRole {
  kWhole,  ///< the mixture
  kPart,   ///< one of those that add up to the mixture
  kOther,  ///< something to compare with
};

/// A recording on a page.
struct ReportTrack {
  std::string name;  ///< "violin"
  TrackRole role = TrackRole::kPart;
  std::vector<std::string> notes;  ///< lines beside it, as scores
  TrackPicture picture;
  int64_t num_channels = 1;
  std::string opus;  ///< the audio as Ogg Opus; empty: `url`
  std::string url;   ///< the file to play, relative to the page
};

/// Whether the audio of a recording so long goes into the page: up to ten minutes.
bool fits_into_page(double seconds);

/// The track of a file, or of a signal. The audio goes into the page where it fits and
/// libsndfile has Opus; else `page_folder` says where the page lies, for the way to the
/// file (a signal then cannot be heard). Throws Error for a file that is no audio or cut
/// short. Memory does not grow with a file's length beyond ten minutes.
ReportTrack track_of_file(const std::string& name,
                          TrackRole role,
                          const std::filesystem::path& audio,
                          const std::filesystem::path& page_folder);
ReportTrack track_of_signal(const std::string& name, TrackRole role, const Signal& signal);

/// Rows that begin as the one above are one group; `num_names` columns are text.
struct ReportTable {
  std::string title;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  size_t num_names = 1;
};

/// A curve a series, over epochs.
struct LearningCurve {
  std::string title;  ///< "fold 1, violin"
  std::vector<double> train, validation;
  int64_t best_epoch = 0;  ///< from 1; 0: none
};

/// A page to look at and to listen to: one HTML file that needs nothing else but, for
/// long recordings, the audio files it names.
struct ReportPage {
  std::string title;
  std::vector<std::pair<std::string, std::string>> facts;  ///< what, value
  std::vector<std::pair<std::string, std::string>> links;  ///< text, relative URL
  std::vector<ReportTable> tables;
  std::vector<LearningCurve> curves;
  std::vector<ReportTrack> tracks;  ///< of one length and rate
  std::vector<std::string> remarks;
  double seconds = 0.0;  ///< of the tracks
};

/// The page as HTML. Waveforms share a scale, spectrograms a range of 80 dB.
std::string render_page(const ReportPage& page);

/// A path for the attribute of a page: what URLs reserve as %XX.
std::string url_of(const std::filesystem::path& relative_path);

}  // namespace sep
