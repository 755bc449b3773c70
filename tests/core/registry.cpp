#include "libsep/core/registry.h"

#include "libsep/core/kind.h"
#include "tests/support/catch.h"

namespace {

struct Circle {
  double radius = 1.5;
  std::vector<std::string> colours = {"red", "blue"};

  template <class Archive>
  void visit(Archive& archive) {
    archive("radius", radius, "of the circle, µm");
    archive("colours", colours);
  }
};

struct Square {
  template <class Archive>
  void visit(Archive& /*archive*/) {}
};

using Shapes = sep::Registry<double(double)>;

Shapes& shapes() {
  static Shapes registry("shape");
  if (registry.names().empty()) {
    registry.add<Circle>("circle", "round", [](const Circle& circle, double scale) {
      return 3.0 * circle.radius * circle.radius * scale;
    });
    registry.add<Square>(
        "a_square", "not round", [](const Square&, double scale) { return scale; });
  }
  return registry;
}

struct Tile {
  sep::Kind<shapes> shape{"a_square"};
  std::vector<sep::Kind<shapes>> holes;

  template <class Archive>
  void visit(Archive& archive) {
    archive("shape", shape, "of the tile");
    archive("holes", holes, "what is cut out");
  }
};

using Floors = sep::Registry<int()>;

}  // namespace

TEST_CASE("names are sorted and told from others", "[core][registry]") {
  CHECK(shapes().names() == std::vector<std::string>{"a_square", "circle"});
  CHECK(shapes().contains("circle"));
  CHECK_FALSE(shapes().contains("circl"));
  CHECK(shapes().noun() == "shape");
  CHECK(shapes().meaning("circle") == "round");
  CHECK_THROWS_WITH(shapes().meaning("circel"),
                    "circel: no shape; did you mean circle? (there are: a_square, circle)");
  CHECK_THROWS_WITH(shapes().meaning(""), ": no shape (there are: a_square, circle)");
  CHECK_THROWS_WITH(Floors("floor").meaning("x"), "x: no floor (there are: none)");
}

TEST_CASE("a name given twice names both", "[core][registry][failure]") {
  Shapes registry("shape");
  const auto area = [](const Square&, double scale) { return scale; };
  registry.add<Square>("square", "the first", area);
  CHECK_THROWS_WITH(registry.add<Square>("square", "the second", area),
                    "shape square is given twice: \"the first\" and \"the second\"");
  CHECK(registry.meaning("square") == "the first");
  for (const char* name :
       {"", "Square", "my.square", "my square", "square[0]", "carr\xC3\xA9"}) {
    CHECK_THROWS_WITH(
        registry.add<Square>(name, "", area),
        Catch::Matchers::EndsWith("wants a name of small letters, digits and underscores"));
  }
  CHECK(registry.names() == std::vector<std::string>{"square"});
}

TEST_CASE("kinds are listed from their structs alone", "[core][registry]") {
  const auto kinds = sep::list_kinds(shapes());
  REQUIRE(kinds.size() == 2);
  CHECK(kinds[0].name == "a_square");
  CHECK(kinds[0].keys.empty());
  CHECK(kinds[1].meaning == "round");
  REQUIRE(kinds[1].keys.size() == 2);
  CHECK(kinds[1].keys[0].key == "radius");
  CHECK(kinds[1].keys[0].value == "1.5");
  CHECK(kinds[1].keys[0].meaning == "of the circle, µm");
  CHECK(kinds[1].keys[1].value == "[red, blue]");
  CHECK(kinds[1].keys[1].meaning.empty());
}

TEST_CASE("the field that is a kind gives its type a meaning", "[core][registry]") {
  const auto keys = sep::list_keys(Tile());
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].key == "shape.type");
  CHECK(keys[0].value == "a_square");
  CHECK(keys[0].meaning == "of the tile");
  CHECK(keys[1].key == "holes");
  CHECK(keys[1].value == "[]");
  CHECK(keys[1].meaning == "what is cut out");
}

TEST_CASE("several registries are written in columns", "[core][registry]") {
  Floors floors("floor");
  floors.add<Tile>("tiled", "tile by tile", [](const Tile&) { return 0; });
  CHECK(sep::describe_kinds({&shapes(), &floors}) ==
        "shape\n"
        "  a_square  not round\n"
        "  circle    round\n"
        "    radius      1.5          of the circle, µm\n"
        "    colours     [red, blue]\n"
        "\n"
        "floor\n"
        "  tiled     tile by tile\n"
        "    shape.type  a_square     of the tile\n"
        "    holes       []           what is cut out\n");
  CHECK(sep::describe_kinds({}).empty());
}
