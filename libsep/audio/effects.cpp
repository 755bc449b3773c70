#include "libsep/audio/effects.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "libsep/audio/detail/sox_chain.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

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

std::string sox_effects_version() { return "libsox " + sox_version_text(); }

Signal pitch_and_stretch(const Signal& signal, double semitones, double stretch) {
  check_arguments(signal, semitones, stretch);
  const auto rate = std::to_string(signal.sample_rate);
  const std::vector<SoxEffect> effects = {
      {"rate", {"-h", rate}},
      {"pitch", {fmt::format("{:.6f}", 100.0 * semitones)}},
      {"tempo", {"-s", fmt::format("{:.6f}", 1.0 / stretch)}},
      {"rate", {rate}}};
  return run_sox(signal, effects);
}

#else

bool has_sox_effects() { return false; }

std::string sox_effects_version() { return "none"; }

Signal pitch_and_stretch(const Signal& signal, double semitones, double stretch) {
  check_arguments(signal, semitones, stretch);
  throw Error("pitch_and_stretch: this libsep was built without libsox");
}

#endif

}  // namespace sep
