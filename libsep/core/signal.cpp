#include "libsep/core/signal.h"

#include <algorithm>
#include <cmath>

#include "libsep/core/error.h"

namespace sep {
namespace {

void check_same_shape(const Signal& first, const Signal& other) {
  SEP_CHECK(other.sample_rate == first.sample_rate,
            "signals of {} and {} Hz do not add up",
            first.sample_rate,
            other.sample_rate);
  SEP_CHECK(other.num_channels == first.num_channels,
            "signals of {} and {} channels do not add up",
            first.num_channels,
            other.num_channels);
  SEP_CHECK(other.samples.size() == first.samples.size(),
            "signals of {} and {} samples do not add up",
            first.num_samples(),
            other.num_samples());
}

}  // namespace

int64_t Signal::num_samples() const {
  return num_channels > 0 ? static_cast<int64_t>(samples.size()) / num_channels : 0;
}

double Signal::seconds() const {
  return static_cast<double>(num_samples()) / static_cast<double>(sample_rate);
}

Signal make_silence(int64_t num_channels, int64_t num_samples, int64_t sample_rate) {
  Signal signal;
  signal.num_channels = num_channels;
  signal.sample_rate = sample_rate;
  signal.samples.assign(static_cast<size_t>(num_channels * num_samples), 0.0F);
  return signal;
}

Signal slice(const Signal& signal, int64_t begin, int64_t end) {
  SEP_CHECK(begin >= 0 && begin <= end && end <= signal.num_samples(),
            "samples {} to {} of {}",
            begin,
            end,
            signal.num_samples());
  Signal part{signal.num_channels, signal.sample_rate, {}};
  part.samples.reserve(static_cast<size_t>(signal.num_channels * (end - begin)));
  for (int64_t c = 0; c < signal.num_channels; ++c) {
    const float* samples = signal.channel(c);
    part.samples.insert(part.samples.end(), samples + begin, samples + end);
  }
  return part;
}

Signal padded_slice(const Signal& signal, int64_t first, int64_t count) {
  SEP_CHECK(count >= 0, "{} samples: wants 0 or more", count);
  Signal result = make_silence(signal.num_channels, count, signal.sample_rate);
  const int64_t begin = std::clamp<int64_t>(first, 0, signal.num_samples());
  const int64_t end = std::clamp<int64_t>(first + count, begin, signal.num_samples());
  for (int64_t c = 0; begin < end && c < signal.num_channels; ++c) {
    std::copy(signal.channel(c) + begin,
              signal.channel(c) + end,
              result.channel(c) + (begin - first));
  }
  return result;
}

Signal mix(const std::vector<const Signal*>& stems) {
  SEP_CHECK(!stems.empty(), "a mixture wants at least one stem, found none");
  Signal sum = *stems.front();
  for (size_t s = 1; s < stems.size(); ++s) {
    check_same_shape(sum, *stems[s]);
    std::transform(sum.samples.begin(),
                   sum.samples.end(),
                   stems[s]->samples.begin(),
                   sum.samples.begin(),
                   std::plus<>());
  }
  return sum;
}

Signal subtract(const Signal& mixture, const Signal& stem) {
  check_same_shape(mixture, stem);
  Signal rest = mixture;
  std::transform(rest.samples.begin(),
                 rest.samples.end(),
                 stem.samples.begin(),
                 rest.samples.begin(),
                 std::minus<>());
  return rest;
}

float peak(const Signal& signal) {
  float largest = 0.0F;
  for (const float x : signal.samples) largest = std::max(largest, std::abs(x));
  return largest;
}

bool is_silent(const Signal& signal) {
  for (int64_t c = 0; c < signal.num_channels; ++c) {
    const float* x = signal.channel(c);
    for (int64_t n = 1; n < signal.num_samples(); ++n) {
      if (x[n] != x[0]) return false;
    }
  }
  return true;
}

double rms(const Signal& signal) {
  if (signal.samples.empty()) return 0.0;
  double energy = 0.0;
  for (const float x : signal.samples) energy += static_cast<double>(x) * x;
  return std::sqrt(energy / static_cast<double>(signal.samples.size()));
}

}  // namespace sep
