#include "libsep/mixing/detail/cubic.h"

#include <cmath>
#include <vector>

#include "tests/support/catch.h"

using namespace sep;

TEST_CASE("a cubic is read exactly at any speed", "[mixing][cubic][property]") {
  const auto speed = GENERATE(0.25, 0.89089871814, 1.0, 1.12246204831, 3.7);
  const auto cubic = [](double x) { return 0.3 + x * (0.7 + x * (-0.9 + 0.4 * x)); };
  for (const int64_t num_samples : {1, 2, 100}) {
    const auto span = cubic_span(num_samples, speed);
    const double scale = 1.0 / double(span);
    std::vector<float> source, result(size_t(num_samples), -1.0F);
    for (int64_t n = 0; n < span; ++n)
      source.push_back(float(cubic(double(n - 1) * scale)));
    interpolate_cubic(source.data(), speed, result.data(), num_samples);
    for (int64_t n = 0; n < num_samples; ++n) {
      CAPTURE(speed, num_samples, n);
      // Weights of up to 1.25 together, values up to 0.6, five roundings to float each.
      CHECK(std::abs(double(result[size_t(n)]) - cubic(speed * double(n) * scale)) < 4e-7);
    }
  }
}

TEST_CASE("at speed 1 samples are as they were", "[mixing][cubic]") {
  const std::vector<float> source = {9.0F, 0.1F, -0.7F, 3e-9F, 8.0F, 7.0F};
  std::vector<float> result(3);
  CHECK(cubic_span(3, 1.0) == 6);
  interpolate_cubic(source.data(), 1.0, result.data(), 3);
  CHECK(result == std::vector<float>{0.1F, -0.7F, 3e-9F});
}

TEST_CASE("a span ends two samples behind the last place", "[mixing][cubic]") {
  CHECK(cubic_span(0, 1.5) == 0);
  CHECK(cubic_span(1, 1.5) == 4);
  CHECK(cubic_span(2, 1.5) == 5);  // at 1.5: samples 0 … 3, and the one before 0
  CHECK(cubic_span(3, 1.5) == 7);
}
