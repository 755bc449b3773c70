#include "libsep/dsp/window.h"

#include <cmath>

#include "libsep/core/error.h"
#include "tests/support/catch.h"

TEST_CASE("the window is the square root of the periodic Hann window", "[dsp][window]") {
  for (const int64_t length : {1, 2, 6, 512, 1001}) {
    const auto window = sep::sqrt_hann_window(length);
    REQUIRE(int64_t(window.size()) == length);
    for (int64_t n = 0; n < length; ++n) {
      const double hann = 0.5 - 0.5 * std::cos(2.0 * M_PI * double(n) / double(length));
      CAPTURE(length, n);
      // The cosine cancels near 0 and leaves 1e-16 in the square, 1e-8 in the root; the
      // window itself is rounded to float, 6e-8.
      CHECK(std::abs(double(window[size_t(n)]) - std::sqrt(hann)) < 1e-7);
    }
  }
}

TEST_CASE("Hann's window is what its square root says", "[dsp][window]") {
  for (const int64_t length : {1, 2, 6, 512, 1001}) {
    const auto window = sep::hann_window(length);
    REQUIRE(int64_t(window.size()) == length);
    CHECK(window == sep::make_window(sep::StftWindow::kHann, length));
    for (int64_t n = 0; n < length; ++n) {
      const double hann = 0.5 - 0.5 * std::cos(2.0 * M_PI * double(n) / double(length));
      CAPTURE(length, n);
      CHECK(std::abs(double(window[size_t(n)]) - hann) < 1e-7);  // one rounding to float
    }
  }
}

TEST_CASE("Hann's windows at a third of their length or less add up to a constant",
          "[dsp][window]") {
  for (const int64_t parts : {3, 4, 6, 8}) {
    for (const double value : sep::overlap_sum(sep::hann_window(480), 480 / parts)) {
      // As below: roundings of the float window.
      CHECK(std::abs(value - 3.0 * double(parts) / 8.0) < 1.2e-7 * double(parts));
    }
  }
}

TEST_CASE("the window starts at 0, peaks at 1 and mirrors itself", "[dsp][window]") {
  const auto window = sep::sqrt_hann_window(512);
  CHECK(window[0] == 0.0F);
  CHECK(window[256] == 1.0F);
  for (size_t n = 1; n < 512; ++n) {
    CHECK(std::abs(window[n] - window[512 - n]) <= 6e-8F);  // one rounding
  }
}

// nussl 1.1.9 divides by 325.948300797702 (docs/protocol.md); 512 roundings to float,
// half of them up, move the sum by far less than 512 * 3e-8.
TEST_CASE("the window of 512 sums to the reference's value", "[dsp][window]") {
  double sum = 0.0;
  for (const float w : sep::sqrt_hann_window(512)) sum += double(w);
  CHECK(std::abs(sum - 325.948300797702) < 1e-6);
}

TEST_CASE("windows at a whole part of half their length add up to a constant",
          "[dsp][window]") {
  for (const int64_t length : {4, 64, 512}) {
    for (const int64_t parts : {2, 4}) {
      const auto sum = sep::overlap_sum(sep::sqrt_hann_window(length), length / parts);
      REQUIRE(int64_t(sum.size()) == length / parts);
      for (const double value : sum) {
        // Roundings of the float window, 6e-8 in w, twice that in w^2.
        CHECK(std::abs(value - double(parts) / 2.0) < 1.2e-7 * double(parts));
      }
    }
  }
}

TEST_CASE("the overlap of windows is counted sample by sample", "[dsp][window]") {
  CHECK(sep::overlap_sum({1.0F, 2.0F, 3.0F}, 2) == std::vector<double>{10.0, 4.0});
  CHECK(sep::overlap_sum({1.0F, 2.0F}, 3) == std::vector<double>{1.0, 4.0, 0.0});
}

TEST_CASE("a window has a length and a hop", "[dsp][window]") {
  CHECK_THROWS_AS(sep::sqrt_hann_window(0), sep::Error);
  CHECK_THROWS_AS(sep::sqrt_hann_window(-4), sep::Error);
  CHECK_THROWS_AS(sep::overlap_sum({1.0F}, 0), sep::Error);
}
