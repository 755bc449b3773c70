#include "libsep/core/half.h"

#include <cmath>
#include <limits>

#include "libsep/core/error.h"
#include "tests/support/catch.h"

using namespace sep;

TEST_CASE("every half comes back as its bits", "[core][half][property]") {
  for (uint32_t i = 0; i < 65536; ++i) {
    const auto bits = static_cast<uint16_t>(i);
    const float value = half_value(bits);
    const bool is_nan = (bits & 0x7c00U) == 0x7c00U && (bits & 0x3ffU) != 0;
    CHECK(std::isnan(value) == is_nan);
    if (!is_nan && half_bits(value) != bits) FAIL("bits " << bits);
  }
}

TEST_CASE("a half is the nearest one, ties to even", "[core][half][property]") {
  // Every pair of neighbours, and what lies between: exact in float, which has 13 bits
  // more.
  for (uint32_t i = 0; i < 0x7bff; ++i) {
    const auto low = static_cast<uint16_t>(i);
    const auto high = static_cast<uint16_t>(i + 1);
    const float a = half_value(low);
    const float b = half_value(high);
    const float middle = a + (b - a) / 2;
    const auto even = i % 2 == 0 ? low : high;
    const bool right = half_bits(middle) == even &&
                       half_bits(std::nextafter(middle, a)) == low &&
                       half_bits(std::nextafter(middle, b)) == high &&
                       half_bits(-middle) == (even | 0x8000U);
    if (!right) FAIL("above bits " << low);
  }
}

TEST_CASE("known halves", "[core][half]") {
  // IEEE 754-2008, table 3.5: the largest, the smallest normal and subnormal.
  CHECK(half_value(0x3c00) == 1.0F);
  CHECK(half_value(0xc000) == -2.0F);
  CHECK(half_value(0x7bff) == 65504.0F);
  CHECK(half_value(0x0400) == std::ldexp(1.0F, -14));
  CHECK(half_value(0x0001) == std::ldexp(1.0F, -24));
  CHECK(std::signbit(half_value(0x8000)));
  CHECK(half_bits(65519.0F) == 0x7bff);
  CHECK(half_bits(65520.0F) == 0x7c00);
  CHECK(half_bits(-1e30F) == 0xfc00);
  CHECK(half_bits(1e-40F) == 0x0000);
  CHECK(half_bits(std::ldexp(1.0F, -25)) == 0x0000);  // a tie
  CHECK(half_bits(std::ldexp(1.1F, -25)) == 0x0001);
  CHECK(half_bits(std::numeric_limits<float>::infinity()) == 0x7c00);
  CHECK(std::isnan(half_value(half_bits(std::nanf("")))));
}

TEST_CASE("tensors become halves and back", "[core][half]") {
  const std::vector<float> values = {0.0F, 0.1F, -65504.0F, 3e-6F, 1.0F, -0.3333F};
  const auto half = to_half(make_tensor_data({2, 3}, values));
  CHECK(half.dtype == Dtype::kF16);
  CHECK(half.shape == std::vector<int64_t>{2, 3});
  CHECK(half.bytes.size() == 12);
  const auto found = to_values<float>(from_half(half));
  for (size_t i = 0; i < values.size(); ++i) {
    // Half a step: 2^-11 of the value, and 2^-25 where steps no longer shrink.
    CHECK(std::abs(found[i] - values[i]) <=
          std::max(std::ldexp(std::abs(values[i]), -11), std::ldexp(1.0F, -25)));
  }
}

TEST_CASE("what half precision does not hold is refused", "[core][half][failure]") {
  const float value = GENERATE(65520.0F,
                               -1e5F,
                               std::numeric_limits<float>::infinity(),
                               std::numeric_limits<float>::quiet_NaN());
  CHECK_THROWS_AS(to_half(make_tensor_data({2}, std::vector<float>{1.0F, value})), Error);
  CHECK_THROWS_AS(to_half(make_tensor_data({1}, std::vector<double>{1.0})), Error);
  CHECK_THROWS_AS(from_half(make_tensor_data({1}, std::vector<float>{1.0F})), Error);
  CHECK_THROWS_AS(from_half({Dtype::kF16, {3}, "12345"}), Error);
}
