#include "libsep/dsp/window.h"

#include <cmath>

#include "libsep/core/error.h"

namespace sep {
namespace {

/// |sin(pi n / length)| or its square.
template <class Shape>
std::vector<float> sine_window(int64_t length, const Shape& shape) {
  SEP_CHECK(length >= 1, "a window of length {}: wants at least 1", length);
  constexpr double kPi = 3.14159265358979323846;
  std::vector<float> window(static_cast<size_t>(length));
  for (int64_t n = 0; n < length; ++n) {
    const double phase = kPi * static_cast<double>(n) / static_cast<double>(length);
    window[static_cast<size_t>(n)] = static_cast<float>(shape(std::abs(std::sin(phase))));
  }
  return window;
}

}  // namespace

std::vector<float> sqrt_hann_window(int64_t length) {
  return sine_window(length, [](double sine) { return sine; });
}

std::vector<float> hann_window(int64_t length) {
  return sine_window(length, [](double sine) { return sine * sine; });
}

std::vector<float> make_window(StftWindow window, int64_t length) {
  return window == StftWindow::kHann ? hann_window(length) : sqrt_hann_window(length);
}

std::vector<double> overlap_sum(const std::vector<float>& window, int64_t hop_length) {
  SEP_CHECK(hop_length >= 1, "a hop of {} samples: wants at least 1", hop_length);
  std::vector<double> sum(static_cast<size_t>(hop_length));
  for (size_t n = 0; n < window.size(); ++n) {
    sum[n % sum.size()] += static_cast<double>(window[n]) * static_cast<double>(window[n]);
  }
  return sum;
}

}  // namespace sep
