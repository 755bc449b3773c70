#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libsep/core/signal.h"
#include "libsep/report/track_picture.h"

namespace sep::report {

/// What a track of a page is; decides how mute and solo work on it.
enum class TrackRole {
  kWhole,  ///< the mixture
  kPart,   ///< one of those that add up to the mixture
  kOther,  ///< something to compare with
};

/// A recording on a page.
struct Track {
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

/// The track of a recording that comes piece by piece, drawn and, where it fits into the
/// page and libsndfile has Opus, encoded as it comes. Memory does not grow with lengths
/// beyond ten minutes.
class TrackBuilder {
 public:
  /// `num_samples` a channel in all. Throws Error unless all numbers are at least 1.
  TrackBuilder(const std::string& name,
               TrackRole role,
               int64_t num_channels,
               int64_t sample_rate,
               int64_t num_samples);
  ~TrackBuilder();
  TrackBuilder(TrackBuilder&&) noexcept;
  TrackBuilder& operator=(TrackBuilder&&) noexcept;

  /// Appends. Throws Error for another channel count or more samples than were said.
  void add(const Signal& signal);

  /// Throws Error where fewer samples came than were said. A track without audio in the
  /// page is heard where the caller gives it a `url`.
  Track finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The same of a signal at hand.
Track track_of_signal(const std::string& name, TrackRole role, const Signal& signal);

/// Rows that begin as the one above are one group; `num_names` columns are text.
struct Table {
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
struct Page {
  std::string title;
  std::vector<std::pair<std::string, std::string>> facts;  ///< what, value
  std::vector<std::pair<std::string, std::string>> links;  ///< text, relative URL
  std::vector<Table> tables;
  std::vector<LearningCurve> curves;
  std::vector<Track> tracks;  ///< of one length and rate
  std::vector<std::string> remarks;
  double seconds = 0.0;  ///< of the tracks
};

/// The page as HTML. Waveforms share a scale, spectrograms a range of 80 dB.
std::string render_page(const Page& page);

}  // namespace sep::report
