#include "libsep/core/ranges.h"

#include "tests/support/catch.h"

using sep::parse_ranges;
using Numbers = std::vector<int64_t>;

TEST_CASE("numbers and ranges are read, sorted, each once", "[core]") {
  CHECK(parse_ranges("0", 0, 9, 10) == Numbers{0});
  CHECK(parse_ranges("1,3-5", 0, 9, 10) == Numbers{1, 3, 4, 5});
  CHECK(parse_ranges("7,0-2,2,1-3", 0, 9, 10) == Numbers{0, 1, 2, 3, 7});
  CHECK(parse_ranges("4-4", 4, 4, 1) == Numbers{4});
}

TEST_CASE("what is no range is none", "[core][failure]") {
  for (const char* text : {"",
                           ",",
                           "1,",
                           ",1",
                           "a",
                           "1-",
                           "-1",
                           "3-1",
                           "1--2",
                           "1-2-3",
                           " 1",
                           "1 ",
                           "1.5",
                           "10",
                           "0-10",
                           "99999999999999999999"}) {
    INFO(text);
    CHECK_FALSE(parse_ranges(text, 0, 9, 10));
  }
  CHECK_FALSE(parse_ranges("0", 1, 9, 9));
}

TEST_CASE("too many numbers are none, before they are made", "[core][failure]") {
  CHECK(parse_ranges("0-4", 0, 9, 5) == Numbers{0, 1, 2, 3, 4});
  CHECK_FALSE(parse_ranges("0-5", 0, 9, 5));
  CHECK_FALSE(parse_ranges("0-2,7-9", 0, 9, 5));
  CHECK_FALSE(parse_ranges("0-9000000000000000000", 0, INT64_MAX, 100));
}
