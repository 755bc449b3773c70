#include "libsep/checkpoint/detail/pickle.h"

#include "libsep/core/error.h"
#include "tests/support/catch.h"

namespace {

using Kind = sep::PickleNode::Kind;

std::string bytes(const std::string& body) { return "\x80\x02" + body + "."; }

// The pickle of `body`, given to `look`.
template <class Look>
void with_root(const std::string& body, Look look) {
  const sep::Pickle pickle(bytes(body), "there");
  look(pickle.root());
}

bool refused(const std::string& body) {
  try {
    const sep::Pickle pickle(bytes(body), "there");
    return false;
  } catch (const sep::Error& error) {
    return std::string(error.what()).rfind("there: ", 0) == 0;
  }
}

std::string zero(const char* text, size_t length) { return std::string(text, length); }

}  // namespace

TEST_CASE("numbers of a pickle", "[model]") {
  with_root("K\xff", [](const auto& n) { CHECK(n.integer == 255); });
  with_root("M\x01\x02", [](const auto& n) { CHECK(n.integer == 0x0201); });
  with_root("J\xfe\xff\xff\xff", [](const auto& n) { CHECK(n.integer == -2); });
  with_root(zero("\x8a\x00", 2), [](const auto& n) { CHECK(n.integer == 0); });
  with_root("\x8a\x01\x80", [](const auto& n) { CHECK(n.integer == -128); });
  with_root("\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f",
            [](const auto& n) { CHECK(n.integer == std::numeric_limits<int64_t>::max()); });
  with_root(zero("G\xbf\xe0\0\0\0\0\0\0", 9), [](const auto& n) {
    CHECK(n.kind == Kind::kReal);
    CHECK(n.real == -0.5);
  });
  with_root("\x88",
            [](const auto& n) { CHECK((n.kind == Kind::kBool && n.integer == 1)); });
  with_root("N", [](const auto& n) { CHECK(n.kind == Kind::kNone); });
}

TEST_CASE("collections of a pickle", "[model]") {
  with_root("(K\x01K\x02K\x03t", [](const auto& n) {
    CHECK(n.kind == Kind::kTuple);
    REQUIRE(n.items.size() == 3);
    CHECK(n.items[2]->integer == 3);
  });
  with_root(
      "](K\x01K\x02"
      "eK\x03"
      "a",
      [](const auto& n) {
        CHECK(n.kind == Kind::kList);
        CHECK(n.items.size() == 3);
      });
  with_root(
      "}(U\x01"
      "aK\x01U\x01"
      "bK\x02uU\x01"
      "aK\x03s",
      [](const auto& n) {
        REQUIRE(n.find("a") != nullptr);
        CHECK(n.find("a")->integer == 3);  // the last of a key
        CHECK(n.find("b")->integer == 2);
        CHECK(n.find("c") == nullptr);
      });
  with_root(
      "K\x01q\x05"
      "0h\x05",
      [](const auto& n) { CHECK(n.integer == 1); });
}

TEST_CASE("calls are kept as records and never made", "[model]") {
  with_root("cos\nsystem\n(U\x02lstR}b", [](const auto& n) {
    CHECK(n.kind == Kind::kRecord);
    CHECK(n.is_call("os", "system"));
    CHECK(!n.is_call("os", "popen"));
    REQUIRE(n.items.size() == 2);
  });
  with_root(
      "ccollections\nOrderedDict\n)R(U\x01"
      "aK\x01u}b",
      [](const auto& n) {
        CHECK(n.kind == Kind::kDict);  // the one that is plain data
        CHECK(n.find("a")->integer == 1);
      });
  with_root(
      "(U\x01"
      "at\x51",
      [](const auto& n) { CHECK(n.kind == Kind::kPersistent); });
  // What is added to a record is dropped.
  with_root(
      "ca\nb\n)R(K\x01K\x02u(K\x01"
      "e",
      [](const auto& n) { CHECK(n.items.size() == 2); });
}

TEST_CASE("a value may contain itself", "[model]") {
  with_root(
      "]q\x01h\x01"
      "a",
      [](const auto& n) {
        REQUIRE(n.items.size() == 1);
        CHECK(n.items[0] == &n);
      });
}

TEST_CASE("what is no sound pickle is refused", "[model][failure]") {
  CHECK(refused(""));         // no value
  CHECK(refused("NN"));       // two
  CHECK(refused("(N"));       // an open mark
  CHECK(refused("t"));        // no mark
  CHECK(refused("\x85"));     // nothing to take
  CHECK(refused("NN(0N10"));  // takes across a mark
  CHECK(refused("h\x01"));    // nothing kept there
  CHECK(
      refused("NK\x01"
              "a"));           // adds to what is no list
  CHECK(refused("}(K\x01u"));  // a key without a value
  CHECK(
      refused("(K\x01"
              "d"));            // the same
  CHECK(refused("ca\nb\nNR"));  // arguments that are no tuple
  CHECK(
      refused("\x8a\x09"
              "123456789"));  // above 64 bits
  CHECK(
      refused("X\xff\xff\xff\xff"
              "a"));        // longer than there is
  CHECK(refused("ca\nb"));  // a name without an end
  CHECK(
      refused("\x95"
              "12345678N"));  // of protocol 4
  CHECK(refused("N.N"));      // goes on
  CHECK_THROWS_AS(sep::Pickle("", "there"), sep::Error);
  CHECK_THROWS_AS(sep::Pickle("\x80\x04N.", "there"), sep::Error);
  CHECK_THROWS_AS(sep::Pickle("\x80\x02N", "there"), sep::Error);
}

TEST_CASE("depth and number of values are limited", "[model][failure]") {
  CHECK(!refused(std::string(1000, '(') + std::string(1000, 't')));
  CHECK(refused(std::string(1001, '(') + std::string(1001, 't')));
  CHECK(!refused("(" + std::string(999000, 'N') + "t"));
  CHECK(refused("(" + std::string(1000001, 'N') + "t"));
  // Deep without marks: read and destroyed without recursion.
  CHECK(!refused(")" + std::string(900000, '\x85')));
}

TEST_CASE("no change of a byte does more than raise an error", "[model][property]") {
  const std::string whole = bytes(
      "}q\x01(U\x01"
      "aK\x01U\x01"
      "bccollections\nOrderedDict\n)R(X" +
      zero("\x01\0\0\0", 4) +
      "cM\x01\x02u}bU\x01"
      "dctorch\nX\n(K\x01J\x01\x02\x03\x04" +
      "G12345678t\x81h\x01"
      "bU\x01"
      "e](\x88\x89N"
      "eu");
  CHECK_NOTHROW(sep::Pickle(whole, "there"));
  int64_t num_read = 0;
  for (size_t i = 0; i < whole.size(); ++i) {
    CHECK_THROWS_AS(sep::Pickle(whole.substr(0, i), "there"), sep::Error);
    for (int value = 0; value < 256; ++value) {
      std::string changed = whole;
      changed[i] = static_cast<char>(value);
      try {
        const sep::Pickle pickle(changed, "there");
        num_read += pickle.root().items.empty() ? 0 : 1;
      } catch (const sep::Error&) {
      }
    }
  }
  CHECK(num_read > 0);
}
