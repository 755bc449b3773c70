#include "libsep/core/text.h"

#include <string>

#include "tests/support/catch.h"

TEST_CASE("a line is UTF-8 without control characters", "[core][text]") {
  CHECK(sep::is_line(""));
  CHECK(sep::is_line("Model A, \xC3\xA9tude \xF0\x9D\x84\x9E"));
  for (const char* text : {"two\nlines", "a\ttab", "\x1B[31m", "\x7F"}) {
    CHECK_FALSE(sep::is_line(text));
  }
  CHECK_FALSE(sep::is_line(std::string("a zero \0 byte", 13)));
}

TEST_CASE("what is no UTF-8 is no line", "[core][text]") {
  for (const char* text : {"\xFF",                 // no first byte
                           "\xC3",                 // cut off
                           "\xC0\xAF",             // '/' in two bytes
                           "\xED\xA0\x80",         // half a surrogate pair
                           "\xF4\x90\x80\x80"}) {  // above U+10FFFF
    CHECK_FALSE(sep::is_line(text));
  }
}

TEST_CASE("text of several lines may be UTF-8", "[core][text]") {
  CHECK(sep::is_utf8(""));
  CHECK(sep::is_utf8("two\nlines\x1B, \xC3\xA9tude"));
  for (const char* text : {"\xC3", "a\xFFz", "\xED\xA0\x80", "\xC0\x80"}) {
    INFO(text);
    CHECK_FALSE(sep::is_utf8(text));
  }
}

TEST_CASE("characters that are not seen are named", "[core][text]") {
  for (const char* text :
       {"", "two words", "\xC3\xA9tude \xF0\x9D\x84\x9E", "\xC2 ", "\xE2\x80", "\xA0"}) {
    INFO(text);
    CHECK(sep::unseen_character(text).empty());
    CHECK(sep::unseen_remark(text).empty());
  }
  CHECK(sep::unseen_character("a\tb") == "a tab");
  CHECK(sep::unseen_character("Mod\xC3\xA8le\xC2\xA0"
                              "A") == "a no-break space (U+00A0)");
  CHECK(sep::unseen_character("a\xE2\x80\x8B") == "a space of no width (U+200B)");
  CHECK(sep::unseen_character("\xEF\xBB\xBF"
                              "a") == "a byte order mark (U+FEFF)");
  CHECK(sep::unseen_remark("\xE3\x80\x80") == "; it holds an ideographic space (U+3000)");
}

TEST_CASE("the nearest names stand first", "[core][text]") {
  using Names = std::vector<std::string>;
  CHECK(sep::nearest_first("snrr", {"si_sdr", "sdr", "snr"}) ==
        Names{"snr", "sdr", "si_sdr"});
  CHECK(sep::nearest_first("", {"b", "a"}) == Names{"b", "a"});
  CHECK(sep::nearest_first("x", {}).empty());
}
