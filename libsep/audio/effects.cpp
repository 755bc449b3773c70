#include "libsep/audio/effects.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "libsep/audio/sox_chain.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr double kFullScale = 2147483648.0;

std::vector<int32_t> to_integers(const Signal& signal) {
  std::vector<int32_t> result;
  result.reserve(signal.samples.size());
  for (const float value : signal.samples) {
    const double level = std::nearbyint(static_cast<double>(value) * kFullScale);
    result.push_back(
        static_cast<int32_t>(std::clamp(level, -kFullScale, kFullScale - 1.0)));
  }
  return result;
}

Signal to_signal(const std::vector<int32_t>& samples, int64_t sample_rate) {
  Signal signal = make_silence(1, static_cast<int64_t>(samples.size()), sample_rate);
  std::transform(samples.begin(), samples.end(), signal.samples.begin(), [](int32_t level) {
    return static_cast<float>(level / kFullScale);
  });
  return signal;
}

void check_arguments(const Signal& signal, double semitones, double stretch) {
  SEP_CHECK(signal.num_channels == 1,
            "pitch_and_stretch of {} channels, wanted 1",
            signal.num_channels);
  SEP_CHECK(signal.sample_rate > 0, "pitch_and_stretch at {} Hz", signal.sample_rate);
  SEP_CHECK(std::isfinite(semitones) && std::isfinite(stretch) && stretch > 0.0,
            "pitch_and_stretch by {} semitones and a factor of {}",
            semitones,
            stretch);
  const bool finite = std::all_of(signal.samples.begin(),
                                  signal.samples.end(),
                                  [](float v) { return std::isfinite(v); });
  SEP_CHECK(finite, "pitch_and_stretch of samples that are not finite");
}

}  // namespace

#ifdef LIBSEP_HAS_SOX

bool has_sox_effects() { return true; }

Signal pitch_and_stretch(const Signal& signal, double semitones, double stretch) {
  check_arguments(signal, semitones, stretch);
  const auto rate = std::to_string(signal.sample_rate);
  const std::vector<SoxEffect> effects = {
      {"rate", {"-h", rate}},
      {"pitch", {fmt::format("{:.6f}", 100.0 * semitones)}},
      {"tempo", {"-s", fmt::format("{:.6f}", 1.0 / stretch)}},
      {"rate", {rate}}};
  return to_signal(run_sox(to_integers(signal), signal.sample_rate, effects),
                   signal.sample_rate);
}

#else

bool has_sox_effects() { return false; }

Signal pitch_and_stretch(const Signal& signal, double semitones, double stretch) {
  check_arguments(signal, semitones, stretch);
  throw Error("pitch_and_stretch: this libsep was built without libsox");
}

#endif

}  // namespace sep
