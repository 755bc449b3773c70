#include "libsep/core/unicode.h"

#include "tests/support/catch.h"

TEST_CASE("composed() puts letters and their accents together", "[core][unicode]") {
  CHECK(sep::composed("Me\u0301nuet") == "M\u00E9nuet");
  CHECK(sep::composed("M\u00E9nuet") == "M\u00E9nuet");
  CHECK(sep::composed("\u1100\u1161") == "\uAC00");  // Hangul
  CHECK(sep::composed("Violin 1") == "Violin 1");
  CHECK(sep::composed("") == "");
  CHECK(sep::composed(std::string("a\0b", 3)) == std::string("a\0b", 3));
  CHECK(sep::composed("caf\xE9") == "caf\xE9");  // Latin-1
}

TEST_CASE("folded() takes the size of letters away besides", "[core][unicode]") {
  CHECK(sep::folded("Me\u0301NUET") == sep::folded("m\u00C9nuet"));
  CHECK(sep::folded("MIX") == "mix");
  CHECK(sep::folded("caf\xE9") == "caf\xE9");
  CHECK(sep::folded("violin") != sep::folded("viola"));
}
