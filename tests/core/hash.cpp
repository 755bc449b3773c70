#include "libsep/core/hash.h"

#include "tests/support/catch.h"

namespace {

std::string hash_of(std::string_view bytes) {
  sep::Fnv1a hash;
  hash.add(bytes);
  return hash.text();
}

}  // namespace

TEST_CASE("FNV-1a gives its published values", "[core][hash]") {
  // http://www.isthe.com/chongo/src/fnv/test_fnv.c
  CHECK(hash_of("") == "cbf29ce484222325");
  CHECK(hash_of("a") == "af63dc4c8601ec8c");
  CHECK(hash_of("foobar") == "85944171f73967e8");
}

TEST_CASE("a word is its eight bytes, the lowest first", "[core][hash]") {
  sep::Fnv1a hash;
  hash.add_word(0x6867666564636261U);
  CHECK(hash.text() == hash_of("abcdefgh"));
}

TEST_CASE("XXH3 gives its published values", "[core][hash]") {
  // https://github.com/Cyan4973/xxHash, cli/xsum_sanity_check.c: of no bytes, seed 0.
  CHECK(sep::hash_text(sep::xxh3("")) == "2d06800538d394c2");
}
