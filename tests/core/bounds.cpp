#include "libsep/core/bounds.h"

#include <limits>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/messages.h"

using namespace sep;

TEST_CASE("a bound is within, what is beyond it is named", "[core][bounds]") {
  for (const int64_t value : {1, 4, 8192}) {
    CHECK_NOTHROW(check_bounds("hidden_size", value, 1, 8192));
  }
  CHECK(message_of([] { check_bounds("hidden_size", int64_t{0}, 1, 8192); }) ==
        "hidden_size = 0: wants 1 to 8192");
  CHECK(message_of([] { check_bounds("hidden_size", int64_t{8193}, 1, 8192); }) ==
        "hidden_size = 8193: wants 1 to 8192");
  for (const double value : {0.0, 0.25, 1.5}) {
    CHECK_NOTHROW(check_bounds("x", value, 0.0, 1.5));
  }
  CHECK(message_of([] { check_bounds("x", 1.625, 0.0, 1.5); }) ==
        "x = 1.625: wants 0 to 1.5");
  CHECK_NOTHROW(check_positive("rate", 10.0, 10.0));
  CHECK(message_of([] { check_positive("rate", 0.0, 10.0); }) ==
        "rate = 0: wants above 0, at most 10");
  CHECK(message_of([] { check_positive("rate", 1e38, 10.0); }) ==
        "rate = 1e+38: wants above 0, at most 10");
}

TEST_CASE("both ends of a range are within", "[core][bounds]") {
  CHECK_NOTHROW(check_bounds("snr_db", Range{-5.0, 5.0}, -5.0, 5.0));
  CHECK(message_of([] {
          check_bounds("snr_db", Range{-6.0, 5.0}, -5.0, 5.0);
        }) == "snr_db = [-6, 5]: wants two numbers from -5 to 5, the lower first");
  CHECK_THROWS_AS(check_bounds("snr_db", Range{-5.0, 6.0}, -5.0, 5.0), ConfigError);
  CHECK_THROWS_AS(check_bounds("snr_db", Range{1.0, -1.0}, -5.0, 5.0), ConfigError);
}

TEST_CASE("what is no number is within no bounds", "[core][bounds]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double value : {nan, infinity, -infinity}) {
    CHECK_THROWS_AS(check_bounds("x", value, -1e308, 1e308), ConfigError);
    CHECK_THROWS_AS(check_positive("x", value, 1e308), ConfigError);
    CHECK_THROWS_AS(check_bounds("x", Range{0.0, value}, 0.0, 1.0), ConfigError);
    CHECK_THROWS_AS(check_bounds("x", Range{value, 1.0}, 0.0, 1.0), ConfigError);
  }
}
