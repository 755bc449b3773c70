#include <algorithm>
#include <optional>

#include "libsep/audio/file.h"
#include "libsep/audio/opus.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/report/report.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr double kMaxEmbeddedSeconds = 600.0;
constexpr int64_t kChunkSamples = 1 << 16;

/// Draws and, where asked for, encodes; `read` gives the next samples, none at the end.
ReportTrack make_track(const std::string& name,
                       TrackRole role,
                       const AudioInfo& info,
                       const std::function<Signal(int64_t)>& read) {
  ReportTrack track;
  track.name = name;
  track.role = role;
  track.num_channels = info.num_channels;
  TrackAnalysis analysis(info.num_channels, info.sample_rate, info.num_samples);
  std::optional<OpusEncoder> encoder;
  const double seconds =
      static_cast<double>(info.num_samples) / static_cast<double>(info.sample_rate);
  if (fits_into_page(seconds) && has_opus()) {
    encoder.emplace(info.num_channels, info.sample_rate);
  }
  const int64_t length = std::max<int64_t>(kChunkSamples / info.num_channels, 1);
  for (int64_t n = 0; n < info.num_samples; n += length) {
    const auto chunk = read(length);
    analysis.add(chunk);
    if (encoder) encoder->add(chunk);
  }
  track.picture = analysis.finish();
  if (encoder) track.opus = encoder->finish();
  return track;
}

}  // namespace

bool fits_into_page(double seconds) { return seconds <= kMaxEmbeddedSeconds; }

ReportTrack track_of_file(const std::string& name,
                          TrackRole role,
                          const fs::path& audio,
                          const fs::path& page_folder) {
  AudioReader reader(audio);
  auto track = make_track(
      name, role, reader.info(), [&](int64_t count) { return reader.read(count); });
  if (track.opus.empty()) {
    track.url = url_of(absolute_path(audio).lexically_relative(
        absolute_path(page_folder / "page").parent_path()));
  }
  return track;
}

ReportTrack track_of_signal(const std::string& name, TrackRole role, const Signal& signal) {
  AudioInfo info;
  info.num_channels = signal.num_channels;
  info.num_samples = signal.num_samples();
  info.sample_rate = signal.sample_rate;
  int64_t begin = 0;
  return make_track(name, role, info, [&](int64_t count) {
    const int64_t end = std::min(begin + count, signal.num_samples());
    auto chunk = slice(signal, begin, end);
    begin = end;
    return chunk;
  });
}

std::string url_of(const fs::path& relative_path) {
  std::string url;
  for (const char c : relative_path.generic_string()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') ||
                       std::string("-._~/").find(c) != std::string::npos;
    url +=
        plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return url;
}

}  // namespace sep
