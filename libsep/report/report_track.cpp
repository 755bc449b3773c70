#include <algorithm>
#include <optional>

#include "libsep/audio/opus.h"
#include "libsep/core/error.h"
#include "libsep/report/detail/track_analysis.h"
#include "libsep/report/report.h"

namespace sep::report {
namespace {

constexpr double kMaxEmbeddedSeconds = 600.0;
constexpr int64_t kChunkSamples = 1 << 16;

}  // namespace

bool fits_into_page(double seconds) { return seconds <= kMaxEmbeddedSeconds; }

struct TrackBuilder::State {
  Track track;
  TrackAnalysis analysis;
  std::optional<OpusEncoder> encoder;
};

TrackBuilder::TrackBuilder(const std::string& name,
                           TrackRole role,
                           int64_t num_channels,
                           int64_t sample_rate,
                           int64_t num_samples)
    : state_(new State{
          {}, TrackAnalysis(num_channels, sample_rate, num_samples), std::nullopt}) {
  state_->track.name = name;
  state_->track.role = role;
  state_->track.num_channels = num_channels;
  const double seconds =
      static_cast<double>(num_samples) / static_cast<double>(sample_rate);
  if (fits_into_page(seconds) && has_opus()) {
    state_->encoder.emplace(num_channels, sample_rate);
  }
}

TrackBuilder::~TrackBuilder() = default;
TrackBuilder::TrackBuilder(TrackBuilder&&) noexcept = default;
TrackBuilder& TrackBuilder::operator=(TrackBuilder&&) noexcept = default;

void TrackBuilder::add(const Signal& signal) {
  if (signal.num_samples() == 0) return;
  state_->analysis.add(signal);
  if (state_->encoder) state_->encoder->add(signal);
}

Track TrackBuilder::finish() {
  auto& track = state_->track;
  track.picture = state_->analysis.finish();
  if (state_->encoder) track.opus = state_->encoder->finish();
  return std::move(track);
}

Track track_of_signal(const std::string& name, TrackRole role, const Signal& signal) {
  TrackBuilder builder(
      name, role, signal.num_channels, signal.sample_rate, signal.num_samples());
  const int64_t length = std::max<int64_t>(kChunkSamples / signal.num_channels, 1);
  for (int64_t n = 0; n < signal.num_samples(); n += length) {
    builder.add(slice(signal, n, std::min(n + length, signal.num_samples())));
  }
  return builder.finish();
}

}  // namespace sep::report
