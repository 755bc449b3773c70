#include "libsep/report/detail/track_analysis.h"

#include <algorithm>
#include <cmath>

#include "libsep/core/error.h"
#include "libsep/dsp/power_spectrum.h"

namespace sep::report {
namespace {

constexpr int64_t kMaxColumns = 1200;
constexpr int64_t kMaxHop = 1024;
constexpr double kWindowSeconds = 0.09;
constexpr double kLowestHz = 40.0;
constexpr double kHighestHz = 20000.0;

int64_t window_length(int64_t sample_rate) {
  const double wanted = kWindowSeconds * static_cast<double>(sample_rate);
  int64_t length = 64;
  while (static_cast<double>(length) * 1.4 < wanted && length < (1 << 16)) length *= 2;
  return length;
}

float to_db(double power) {
  return power <= 1e-20 ? TrackPicture::kSilence
                        : static_cast<float>(10.0 * std::log10(power));
}

/// Frequencies by row, as places between bins.
struct Row {
  double low, middle, high;
};

/// dB of the loudest bin of a row; between two bins where it is narrower than one.
float row_db(const Row& row, const std::vector<float>& power) {
  const auto last = static_cast<double>(power.size() - 1);
  const auto below = static_cast<size_t>(std::min(std::floor(row.middle), last));
  const auto above = std::min(below + 1, power.size() - 1);
  const double weight = row.middle - static_cast<double>(below);
  double db = (1.0 - weight) * to_db(power[below]) + weight * to_db(power[above]);
  const auto end = static_cast<size_t>(std::min(std::floor(row.high), last));
  for (auto bin = static_cast<size_t>(std::ceil(row.low)); bin <= end; ++bin) {
    db = std::max<double>(db, to_db(power[bin]));
  }
  return static_cast<float>(db);
}

}  // namespace

struct TrackAnalysis::State {
  State(int64_t channels, int64_t rate, int64_t samples);

  void add_levels(const Signal& signal);
  void add_spectra(const Signal& signal, int64_t num_zeros);
  void end_column();
  int64_t column(int64_t n) const { return n * picture.num_columns / num_samples; }

  int64_t num_channels, num_samples;
  PowerSpectrum spectrum;
  int64_t window, hop;
  std::vector<Row> log_rows, linear_rows;
  TrackPicture picture;
  std::vector<int64_t> counts;              // samples by column
  std::vector<std::vector<float>> pending;  // by channel; from the next frame's first
  int64_t frame_centre = 0;
  int64_t num_added = 0;
  int64_t current_column = 0;
  int64_t num_frames = 0;  // in the current column
  std::vector<float> power;
};

TrackAnalysis::State::State(int64_t channels, int64_t rate, int64_t samples)
    : num_channels(channels),
      num_samples(samples),
      spectrum(window_length(rate)),
      window(window_length(rate)) {
  picture.num_columns = std::min(kMaxColumns, num_samples);
  hop = std::clamp<int64_t>(num_samples / (2 * picture.num_columns), 1, kMaxHop);
  const auto nyquist = static_cast<double>(rate) / 2.0;
  picture.highest_hz = std::min(kHighestHz, nyquist);
  picture.lowest_hz = std::min(kLowestHz, picture.highest_hz / 20.0);
  const auto columns = static_cast<size_t>(picture.num_columns);
  for (auto* values : {&picture.low, &picture.high, &picture.rms}) {
    values->assign(columns, 0.0F);
  }
  for (auto* values : {&picture.log_db, &picture.linear_db}) {
    values->assign(columns * TrackPicture::kRows, TrackPicture::kSilence);
  }
  counts.assign(columns, 0);
  const double bins_per_hz = static_cast<double>(window) / static_cast<double>(rate);
  const auto log_bin = [&](double place) {
    return bins_per_hz * picture.highest_hz *
           std::pow(picture.lowest_hz / picture.highest_hz, place);
  };
  const auto linear_bin = [&](double place) {
    return bins_per_hz * picture.highest_hz * (1.0 - place);
  };
  for (int64_t r = 0; r < TrackPicture::kRows; ++r) {
    const auto place = [&](double row) { return row / double(TrackPicture::kRows); };
    const auto row = static_cast<double>(r);
    log_rows.push_back(
        {log_bin(place(row + 1)), log_bin(place(row + 0.5)), log_bin(place(row))});
    linear_rows.push_back(
        {linear_bin(place(row + 1)), linear_bin(place(row + 0.5)), linear_bin(place(row))});
  }
  pending.assign(static_cast<size_t>(num_channels),
                 std::vector<float>(static_cast<size_t>(window / 2), 0.0F));
  power.assign(static_cast<size_t>(spectrum.num_bins()), 0.0F);
}

void TrackAnalysis::State::add_levels(const Signal& signal) {
  for (int64_t n = 0; n < signal.num_samples(); ++n) {
    const auto x = static_cast<size_t>(column(num_added + n));
    for (int64_t c = 0; c < num_channels; ++c) {
      const float sample = signal.channel(c)[n];
      picture.low[x] = std::min(picture.low[x], sample);
      picture.high[x] = std::max(picture.high[x], sample);
      picture.peak = std::max(picture.peak, std::abs(sample));
      picture.rms[x] += sample * sample;
      picture.total_rms += static_cast<double>(sample) * sample;
    }
    counts[x] += num_channels;
  }
}

void TrackAnalysis::State::add_spectra(const Signal& signal, int64_t num_zeros) {
  for (size_t c = 0; c < pending.size(); ++c) {
    const float* samples = signal.channel(static_cast<int64_t>(c));
    pending[c].insert(pending[c].end(), samples, samples + signal.num_samples());
    pending[c].resize(pending[c].size() + static_cast<size_t>(num_zeros), 0.0F);
  }
  const auto length = static_cast<int64_t>(pending.front().size());
  int64_t begin = 0;
  while (begin + window <= length && frame_centre < num_samples) {
    if (column(frame_centre) != current_column) end_column();
    for (const auto& channel : pending) spectrum.add_to(power, channel.data() + begin);
    num_frames += num_channels;
    frame_centre += hop;
    begin += hop;
  }
  for (auto& channel : pending) {
    channel.erase(channel.begin(), channel.begin() + std::min(begin, length));
  }
}

void TrackAnalysis::State::end_column() {
  if (num_frames > 0) {
    for (float& p : power) p /= static_cast<float>(num_frames);
    for (size_t r = 0; r < log_rows.size(); ++r) {
      const auto place = r * static_cast<size_t>(picture.num_columns) +
                         static_cast<size_t>(current_column);
      picture.log_db[place] = row_db(log_rows[r], power);
      picture.linear_db[place] = row_db(linear_rows[r], power);
      picture.loudest_db = std::max(picture.loudest_db, picture.log_db[place]);
    }
  }
  std::fill(power.begin(), power.end(), 0.0F);
  num_frames = 0;
  current_column = std::min(column(frame_centre), picture.num_columns - 1);
}

TrackAnalysis::TrackAnalysis(int64_t num_channels,
                             int64_t sample_rate,
                             int64_t num_samples) {
  SEP_CHECK(num_channels >= 1 && sample_rate >= 1 && num_samples >= 1,
            "{} channels, {} Hz, {} samples: wants at least 1 of each",
            num_channels,
            sample_rate,
            num_samples);
  state_ = std::make_unique<State>(num_channels, sample_rate, num_samples);
}

TrackAnalysis::~TrackAnalysis() = default;
TrackAnalysis::TrackAnalysis(TrackAnalysis&&) noexcept = default;
TrackAnalysis& TrackAnalysis::operator=(TrackAnalysis&&) noexcept = default;

void TrackAnalysis::add(const Signal& signal) {
  auto& state = *state_;
  SEP_CHECK(signal.num_channels == state.num_channels &&
                state.num_added + signal.num_samples() <= state.num_samples,
            "{} channels and {} samples after {}, wanted {} and {} in all",
            signal.num_channels,
            signal.num_samples(),
            state.num_added,
            state.num_channels,
            state.num_samples);
  state.add_levels(signal);
  state.add_spectra(signal, 0);
  state.num_added += signal.num_samples();
}

TrackPicture TrackAnalysis::finish() {
  auto& state = *state_;
  SEP_CHECK(state.num_added == state.num_samples,
            "{} samples, wanted {}",
            state.num_added,
            state.num_samples);
  state.add_spectra(make_silence(state.num_channels, 0, 1), state.window);
  state.end_column();
  auto& picture = state.picture;
  for (size_t x = 0; x < state.counts.size(); ++x) {
    picture.rms[x] = std::sqrt(picture.rms[x] / static_cast<float>(state.counts[x]));
  }
  picture.total_rms = std::sqrt(
      picture.total_rms / static_cast<double>(state.num_samples * state.num_channels));
  return std::move(picture);
}

}  // namespace sep::report
