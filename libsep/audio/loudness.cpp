#include "libsep/audio/loudness.h"

#include <ebur128.h>

#include <algorithm>
#include <memory>

#include "libsep/audio/detail/interleave.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr int64_t kBlockSamples = 1 << 14;

struct DestroyMeter {
  void operator()(ebur128_state* meter) const { ebur128_destroy(&meter); }
};
using Meter = std::unique_ptr<ebur128_state, DestroyMeter>;

Meter make_meter(const Signal& signal) {
  SEP_CHECK(signal.num_channels >= 1 && signal.num_channels <= 32 &&
                signal.sample_rate >= 16 && signal.sample_rate <= 2822400,
            "integrated_loudness of {} channels at {} Hz",
            signal.num_channels,
            signal.sample_rate);
  Meter meter(ebur128_init(static_cast<unsigned>(signal.num_channels),
                           static_cast<unsigned long>(signal.sample_rate),
                           EBUR128_MODE_I));
  if (meter == nullptr) {
    throw Failure("libebur128 could not start, out of memory?");
  }
  return meter;
}

}  // namespace

double integrated_loudness(const Signal& signal) {
  const auto meter = make_meter(signal);
  const int64_t num_samples = signal.num_samples();
  for (int64_t begin = 0; begin < num_samples; begin += kBlockSamples) {
    const int64_t count = std::min(kBlockSamples, num_samples - begin);
    const auto frames =
        interleaved(signal, begin, count, [](float sample) { return double{sample}; });
    if (ebur128_add_frames_double(meter.get(), frames.data(), static_cast<size_t>(count)) !=
        EBUR128_SUCCESS) {
      throw Failure("libebur128 failed, out of memory?");
    }
  }
  double loudness = 0.0;
  if (ebur128_loudness_global(meter.get(), &loudness) != EBUR128_SUCCESS) {
    throw Failure("libebur128 could not give the loudness, out of memory?");
  }
  return loudness;
}

}  // namespace sep
