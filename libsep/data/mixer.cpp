#include "libsep/data/mixer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "libsep/audio/effects.h"
#include "libsep/audio/loudness.h"
#include "libsep/core/error.h"
#include "libsep/core/random.h"

namespace sep {
namespace {

constexpr double kHalfPi = 1.57079632679489661923;
constexpr double kLoudnessFloor = -70.0;  // LUFS
constexpr double kMinLoudnessSeconds = 0.5;
constexpr double kMaxSeconds = 3600.0;
constexpr double kPeakMargin = 1e-10;

void require(bool holds, const std::string& key, const std::string& problem) {
  if (!holds) {
    throw ConfigError(key, problem);
  }
}

void check_at_least(const std::string& key, int64_t value, int64_t least) {
  require(value >= least, key, fmt::format(" = {}: wants at least {}", value, least));
}

void check_between(const std::string& key, double value, double low, double high) {
  require(value >= low && value <= high,
          key,
          fmt::format(" = {}: wants {} to {}", value, low, high));
}

void check_range(const std::string& key, const Range& range, double low, double high) {
  require(low <= range.low && range.low <= range.high && range.high <= high,
          key,
          fmt::format(" = [{}, {}]: wants two numbers from {} to {}, the lower first",
                      range.low,
                      range.high,
                      low,
                      high));
}

int64_t samples_of(double seconds, int64_t sample_rate) {
  return std::llround(seconds * static_cast<double>(sample_rate));
}

Signal cut(const Signal& stem, double begin_seconds, double end_seconds) {
  const auto rate = static_cast<double>(stem.sample_rate);
  const auto limit = static_cast<double>(stem.num_samples());
  const auto place = [&](double seconds) {
    return static_cast<std::ptrdiff_t>(std::clamp(std::floor(seconds * rate), 0.0, limit));
  };
  const auto begin = place(begin_seconds);
  const auto end = std::max(begin, place(end_seconds));
  return {1,
          stem.sample_rate,
          std::vector<float>(stem.samples.begin() + begin, stem.samples.begin() + end)};
}

double floored_loudness(const Signal& signal) {
  const auto length = signal.samples.size();
  const auto wanted = kMinLoudnessSeconds * static_cast<double>(signal.sample_rate);
  if (length == 0 || static_cast<double>(length) >= wanted) {
    return std::max(integrated_loudness(signal), kLoudnessFloor);
  }
  Signal repeated = signal;
  while (static_cast<double>(repeated.samples.size()) < wanted) {
    repeated.samples.insert(
        repeated.samples.end(), signal.samples.begin(), signal.samples.end());
  }
  return std::max(integrated_loudness(repeated), kLoudnessFloor);
}

void scale_(Signal& signal, double factor) {
  for (float& value : signal.samples) {
    value = static_cast<float>(static_cast<double>(value) * factor);
  }
}

void fade_(Signal& signal, int64_t fade_length) {
  const int64_t num_samples = signal.num_samples();
  const auto last = static_cast<double>(std::max<int64_t>(fade_length - 1, 1));
  float* samples = signal.samples.data();
  for (int64_t i = 0; i < std::min(fade_length, num_samples); ++i) {
    const double weight = std::sin(kHalfPi * static_cast<double>(i) / last);
    samples[i] = static_cast<float>(samples[i] * weight);
    float& mirrored = samples[num_samples - 1 - i];
    mirrored = static_cast<float>(mirrored * weight);
  }
}

Signal render_stem(const MixtureOptions& options,
                   const MixtureDraw& draw,
                   double snr_db,
                   const Signal& stem) {
  Signal signal = cut(stem, draw.source_time, draw.source_time + draw.event_duration);
  if (has_sox_effects()) {
    signal = pitch_and_stretch(signal, draw.pitch_shift, draw.time_stretch);
  }
  const double gain_db = options.reference_lufs + snr_db - floored_loudness(signal);
  scale_(signal, std::pow(10.0, gain_db / 20.0));
  fade_(signal, samples_of(options.fade_seconds, signal.sample_rate));
  signal.samples.resize(
      static_cast<size_t>(samples_of(options.seconds, signal.sample_rate)), 0.0F);
  return signal;
}

void divide_by_peak_(Mixture& mixture) {
  const double factor = 1.0 / (static_cast<double>(peak(mixture.mixture)) + kPeakMargin);
  scale_(mixture.mixture, factor);
  for (auto& [name, stem] : mixture.stems) {
    scale_(stem, factor);
  }
  mixture.scaled_down = true;
}

}  // namespace

void MixtureOptions::validate() const {
  constexpr int64_t kMaxSeed = std::numeric_limits<uint32_t>::max();
  check_at_least("num_train", num_train, 1);
  check_at_least("num_validation", num_validation, 1);
  require(
      first_seed >= 0 && first_seed <= kMaxSeed - std::max(num_train, num_validation) + 1,
      "first_seed",
      fmt::format(" = {}: wants 0 to 2^32 - 1, for the last mixture too", first_seed));
  require(seconds > 0.0 && seconds <= kMaxSeconds,
          "seconds",
          fmt::format(" = {}: wants above 0, at most {}", seconds, kMaxSeconds));
  check_between("max_source_seconds", max_source_seconds, 0.0, kMaxSeconds);
  check_range("time_stretch", time_stretch, 0.01, 10.0);
  check_range("pitch_semitones", pitch_semitones, -36.0, 36.0);
  check_range("snr_db", snr_db, -100.0, 100.0);
  check_between("reference_lufs", reference_lufs, -70.0, 0.0);
  require(fade_seconds >= 0.0 && fade_seconds <= seconds / 2.0,
          "fade_seconds",
          fmt::format(" = {}: wants 0 to seconds / 2 = {}", fade_seconds, seconds / 2.0));
}

MixtureDraw draw_mixture(const MixtureOptions& options,
                         const std::vector<PieceLength>& pieces,
                         const std::vector<StemName>& stems,
                         uint32_t seed) {
  SEP_CHECK(!pieces.empty(), "draw_mixture from no pieces");
  LegacyRandom random(seed);
  const auto uniform = [&](const Range& range) {
    return random.uniform(range.low, range.high);
  };
  MixtureDraw draw;
  draw.seed = seed;
  const auto index = random.randint(static_cast<int64_t>(pieces.size()));
  const auto& piece = pieces[static_cast<size_t>(index)];
  draw.piece = piece.name;
  draw.time_stretch = uniform(options.time_stretch);
  draw.event_duration = std::min(options.seconds, piece.seconds);
  if (draw.event_duration * draw.time_stretch > options.seconds) {
    draw.event_duration = options.seconds / draw.time_stretch;
  }
  double latest = options.max_source_seconds;
  if (latest + draw.event_duration > piece.seconds) {
    latest = piece.seconds - draw.event_duration;
  }
  draw.source_time = latest > 0.0 ? random.uniform(0.0, latest) : 0.0;
  uniform(options.snr_db);  // drawn and thrown away in the published code
  draw.pitch_shift = uniform(options.pitch_semitones);
  for (const auto& stem : stems) {
    draw.snr[stem] = uniform(options.snr_db);
  }
  return draw;
}

Mixture render_mixture(const MixtureOptions& options,
                       const MixtureDraw& draw,
                       const PieceAudio& audio) {
  Mixture result;
  result.draw = draw;
  std::vector<const Signal*> stems;
  for (const auto& [name, snr_db] : draw.snr) {
    const auto found = audio.stems.find(name);
    SEP_CHECK(found != audio.stems.end(), "piece {}: no stem {}", draw.piece, name);
    result.stems[name] = render_stem(options, draw, snr_db, found->second);
    stems.push_back(&result.stems[name]);
  }
  result.mixture = mix(stems);
  if (peak(result.mixture) > 1.0F) {
    divide_by_peak_(result);
  }
  return result;
}

}  // namespace sep
