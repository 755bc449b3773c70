#include "libsep/core/config.h"
#include "tests/support/catch.h"

using namespace sep;

namespace {

struct Options {
  NameMap map;

  template <class Archive>
  void visit(Archive& archive) {
    archive("map", map, "names for names");
  }
};

Options read(const std::string& text, const std::vector<std::string>& settings = {}) {
  std::vector<ConfigOverride> overrides;
  for (const auto& setting : settings) overrides.push_back(parse_override(setting));
  return parse_config<Options>(text, "c.yaml", overrides);
}

std::string error_of(const std::string& text,
                     const std::vector<std::string>& settings = {}) {
  try {
    read(text, settings);
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("names for names are read and written", "[core][config]") {
  CHECK(write_config(Options()) == "map: {}\n");
  const auto options = read("map: {vn: violin, double bass: 'no', \"a.b\": \"1\", 2: x}\n");
  const NameMap wanted = {
      {"vn", "violin"}, {"double bass", "no"}, {"a.b", "1"}, {"2", "x"}};
  CHECK(options.map == wanted);
  CHECK(parse_config<Options>(write_config(options), "again").map == wanted);
  Options odd;
  odd.map = {{"", "[x]"}, {"a: b", "{c}"}, {"#d", "true"}, {"e\n", "'"}};
  CHECK(parse_config<Options>(write_config(odd), "odd").map == odd.map);
  CHECK(read("map: {}\n").map.empty());
  CHECK(list_fields(options).size() == 1);
}

TEST_CASE("names are set above a file", "[core][config]") {
  const std::string file = "map: {a: b}\n";
  CHECK(read("", {"map={c: d}"}).map == NameMap{{"c", "d"}});
  CHECK(read(file, {"map={c: d}"}).map == NameMap{{"a", "b"}, {"c", "d"}});
  CHECK(read(file, {"map.a=e"}).map == NameMap{{"a", "e"}});
}

TEST_CASE("what is no map of names is refused", "[core][config][failure]") {
  const std::string wants = ": wants names for names, {a: b, c: d}";
  CHECK(error_of("map: violin") == "c.yaml:1: map = \"violin\"" + wants);
  CHECK(error_of("map: [a]") == "c.yaml:1: map = [\"a\"]" + wants);
  CHECK(error_of("map:") == "c.yaml:1: map has no value" + wants);
  CHECK(error_of("map: {a: [b]}") == "c.yaml:1: map.a = [\"b\"]: wants a name");
  CHECK(error_of("map: {a: {b: c}}") == "c.yaml:1: map.a = {…}: wants a name");
  CHECK(error_of("map: {a: b,\n a: c}").find("c.yaml:2: map.a is given twice") == 0);
  CHECK(error_of("map: {a: b}", {"map.a.c=d"}) ==
        "--set map.a.c=d: map.a = \"b\" (c.yaml:1) has no settings below it");
}
