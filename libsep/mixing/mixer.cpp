#include "libsep/mixing/mixer.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "libsep/audio/effects.h"
#include "libsep/audio/loudness.h"

namespace sep {
namespace {

constexpr double kHalfPi = 1.57079632679489661923;
constexpr double kLoudnessFloor = -70.0;  // LUFS
constexpr double kMinLoudnessSeconds = 0.5;
constexpr double kPeakMargin = 1e-10;

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

void divide_by_peak_(Mixture& mixture) {
  const double factor = 1.0 / (static_cast<double>(peak(mixture.mixture)) + kPeakMargin);
  scale_(mixture.mixture, factor);
  for (auto& [name, stem] : mixture.stems) {
    scale_(stem, factor);
  }
  mixture.scaled_down = true;
}

}  // namespace

Signal render_stem(const MixtureOptions& options,
                   const StemEvent& event,
                   double level_db,
                   const Signal& stem) {
  Signal signal = cut(stem, event.source_time, event.source_time + event.event_duration);
  if (has_sox_effects()) {
    signal = pitch_and_stretch(signal, event.pitch_shift, event.time_stretch);
  }
  const double gain_db = options.reference_lufs + level_db - floored_loudness(signal);
  scale_(signal, std::pow(10.0, gain_db / 20.0));
  fade_(signal, samples_of(options.fade_seconds, signal.sample_rate));
  signal.samples.resize(
      static_cast<size_t>(samples_of(options.seconds, signal.sample_rate)), 0.0F);
  return signal;
}

Mixture mix_stems(const MixtureDraw& draw, std::map<StemName, Signal> stems) {
  Mixture result;
  result.draw = draw;
  result.stems = std::move(stems);
  std::vector<const Signal*> all;
  for (const auto& [name, stem] : result.stems) {
    all.push_back(&stem);
  }
  result.mixture = mix(all);
  if (peak(result.mixture) > 1.0F) {
    divide_by_peak_(result);
  }
  return result;
}

Signal silent_stem(const MixtureOptions& options, int64_t sample_rate) {
  return make_silence(1, samples_of(options.seconds, sample_rate), sample_rate);
}

}  // namespace sep
