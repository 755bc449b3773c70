#include "libsep/core/number.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <limits>
#include <sstream>
#include <vector>

#include "libsep/core/config.h"
#include "libsep/core/csv.h"
#include "libsep/core/random.h"
#include "tests/support/catch.h"
#include "tests/support/decimal_comma.h"

using namespace sep;

namespace {

struct Options {
  double rate = 0.5;
  int64_t count = 1234567;
  Range range = {0.25, 1.5};

  template <class Archive>
  void visit(Archive& archive) {
    archive("rate", rate);
    archive("count", count);
    archive("range", range);
  }
};

void check_numbers() {
  CHECK(parse_double("0.5") == 0.5);
  CHECK(parse_int("-1234567") == -1234567);
  CHECK_FALSE(parse_double("0,5"));
  CHECK(format_number(1234567.25) == "1234567.250000");
  const auto yaml = write_config(Options{});
  CHECK(yaml == "rate: 0.5\ncount: 1234567\nrange: [0.25, 1.5]\n");
  const auto read = parse_config<Options>(
      "rate: 2.75\ncount: 7654321\nrange: [-0.5, 1e3]\n", "options.yaml");
  CHECK(read.rate == 2.75);
  CHECK(read.count == 7654321);
  CHECK(read.range.low == -0.5);
  CHECK(read.range.high == 1000.0);
}

}  // namespace

TEST_CASE("what is written is read back to the bit", "[core][number]") {
  RandomStream random(1, "test/numbers");
  std::vector<double> values = {0.0,
                                std::numeric_limits<double>::infinity(),
                                -std::numeric_limits<double>::infinity(),
                                std::numeric_limits<double>::denorm_min(),
                                std::numeric_limits<double>::min(),
                                std::numeric_limits<double>::max()};
  for (int i = -300; i <= 300; ++i) values.push_back(random.normal() * std::pow(10.0, i));
  for (const double value : values) {
    INFO(value);
    CHECK(parse_double(fmt::format("{}", value)) == value);
    CHECK(parse_double(fmt::format("{}", -value)) == -value);
  }
  CHECK(std::isnan(parse_double("nan").value()));
  for (const int64_t value :
       {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()}) {
    CHECK(parse_int(fmt::format("{}", value)) == value);
  }
}

TEST_CASE("what is no number gives none", "[core][number][failure]") {
  for (const char* text :
       {"", " ", "1 ", " 1", "+1", "1,5", "1.5x", "0x10", "1e999", "-", ".", "e5", "--1"}) {
    INFO(text);
    CHECK_FALSE(parse_double(text));
    CHECK_FALSE(parse_int(text));
  }
  for (const char* text : {"1.0", "1e3", "inf", "9223372036854775808"}) {
    INFO(text);
    CHECK_FALSE(parse_int(text));
  }
}

TEST_CASE("numbers in files do not know C++'s locale", "[core][number]") {
  const CommaStreams commas;
  std::ostringstream text;
  text << 1234.5;
  REQUIRE(text.str() == "1.234,5");
  check_numbers();
}

TEST_CASE("numbers in files do not know C's locale", "[core][number]") {
  const CommaLocale commas;
  if (!commas) SEP_SKIP("localedef made no locale here");
  char text[16];
  std::snprintf(text, sizeof(text), "%.1f", 0.5);
  REQUIRE(std::string(text) == "0,5");
  check_numbers();
}
