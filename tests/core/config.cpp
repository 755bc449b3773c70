#include "libsep/core/config.h"

#include <cmath>

#include "libsep/core/atomic_file.h"
#include "libsep/core/random.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

namespace {

enum class Colour { kRed, kGreen, kNull };

struct Transform {
  int64_t window_length = 512;
  int64_t hop_length = 128;
  sep::Range stretch = {0.8, 1.2};

  void validate() const {
    if (hop_length >= 1 && hop_length <= window_length) return;
    throw sep::ConfigError(
        "hop_length",
        fmt::format(" = {}: wants 1 to window_length = {}", hop_length, window_length));
  }

  template <class Archive>
  void visit(Archive& archive) {
    archive("window_length", window_length);
    archive("hop_length", hop_length);
    archive("stretch", stretch);
  }
};

struct Inner {
  Transform transform;
  bool enabled = true;

  template <class Archive>
  void visit(Archive& archive) {
    archive("transform", transform);
    archive("enabled", enabled);
  }
};

struct Options {
  std::string title;
  double rate = 1e-3;
  Colour colour = Colour::kRed;
  std::vector<std::string> names = {"a"};
  Transform stft;
  Inner model;
  int64_t num_epochs = 1;

  void validate() const {
    if (num_epochs < 1) {
      throw sep::ConfigError("num_epochs",
                             fmt::format(" = {}: wants at least 1", num_epochs));
    }
    if (title == "forbidden") throw sep::Error("a title that is forbidden");
  }

  template <class Archive>
  void visit(Archive& archive) {
    archive("title", title);
    archive("rate", rate);
    archive("colour", colour);
    archive("names", names);
    archive("stft", stft);
    archive("model", model);
    archive("num_epochs", num_epochs);
  }
};

}  // namespace

template <>
struct sep::EnumNames<Colour> {
  static constexpr std::pair<Colour, std::string_view> kValues[] = {
      {Colour::kRed, "red"}, {Colour::kGreen, "green"}, {Colour::kNull, "null"}};
};

namespace {

Options parse(const std::string& text, const std::vector<std::string>& settings = {}) {
  std::vector<sep::ConfigOverride> overrides;
  for (const auto& setting : settings) overrides.push_back(sep::parse_override(setting));
  return sep::parse_config<Options>(text, "c.yaml", overrides);
}

std::string error_of(const std::string& text,
                     const std::vector<std::string>& settings = {}) {
  try {
    parse(text, settings);
  } catch (const sep::Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("what a file does not say keeps its default", "[core][config]") {
  const auto text = GENERATE(as<std::string>(),
                             "",
                             "\n",
                             "# nothing but a comment\n",
                             "---\n",
                             "---\n...\n",
                             "~",
                             "{}",
                             "\xEF\xBB\xBF",
                             "stft:\nmodel:\n  transform:\n");
  CHECK(sep::write_config(parse(text)) == sep::write_config(Options()));
}

TEST_CASE("every kind of field is read", "[core][config]") {
  const Options options = parse(
      "title: Model A, the first\n"
      "rate: 5e-4\n"
      "colour: green\n"
      "names: [violin, '12', \"a, b\"]\n"
      "stft: {window_length: 4096, hop_length: +1024, stretch: [-1, .5]}\n"
      "model:\r\n"
      "  enabled: false\r\n"
      "  transform:\r\n"
      "    hop_length: 64   # comment\r\n"
      "num_epochs: 3\n");
  CHECK(options.title == "Model A, the first");
  CHECK(options.rate == 5e-4);
  CHECK(options.colour == Colour::kGreen);
  CHECK(options.names == std::vector<std::string>{"violin", "12", "a, b"});
  CHECK(options.stft.window_length == 4096);
  CHECK(options.stft.hop_length == 1024);
  CHECK(options.stft.stretch.low == -1.0);
  CHECK(options.stft.stretch.high == 0.5);
  CHECK_FALSE(options.model.enabled);
  CHECK(options.model.transform.hop_length == 64);
  CHECK(options.num_epochs == 3);
  CHECK(parse("names: []").names.empty());
  CHECK(parse("title: 2024").title == "2024");
}

TEST_CASE("what is written reads back equal, numbers to the bit",
          "[core][config][property]") {
  sep::RandomStream random(1, "test/config");
  for (int i = 0; i < 300; ++i) {
    Options options;
    options.rate = std::ldexp(random.normal(), static_cast<int>(random.index(600)) - 300);
    const double low = random.normal();
    options.stft.stretch = {low, low + random.uniform()};
    options.num_epochs = static_cast<int64_t>(random.next() >> 1) | 1;
    options.colour = random.index(2) == 0 ? Colour::kNull : Colour::kGreen;
    const std::string text = sep::write_config(options);
    const Options read = parse(text);
    REQUIRE(read.rate == options.rate);
    REQUIRE(read.stft.stretch.low == options.stft.stretch.low);
    REQUIRE(read.stft.stretch.high == options.stft.stretch.high);
    REQUIRE(read.num_epochs == options.num_epochs);
    REQUIRE(read.colour == options.colour);
    REQUIRE(sep::write_config(read) == text);
  }
}

TEST_CASE("any text survives writing and reading", "[core][config][property]") {
  const auto text = GENERATE(as<std::string>(),
                             "",
                             " ",
                             " lead",
                             "trail ",
                             "~",
                             "null",
                             "Null",
                             "NULL",
                             "true",
                             "No",
                             "off",
                             "0x10",
                             "010",
                             "1e3",
                             ".inf",
                             "-",
                             "--- a",
                             "---",
                             "...",
                             "- a",
                             "a: b",
                             "a:",
                             ":a",
                             "a #b",
                             "#",
                             "'",
                             "\"",
                             "it's",
                             "\\",
                             "a\\n",
                             "[x",
                             "x]",
                             "{",
                             "}",
                             ",",
                             "a, b",
                             "%",
                             "@",
                             "`",
                             "!tag",
                             "&a",
                             "*a",
                             "|",
                             ">",
                             "?",
                             "? a",
                             "line\nbreak",
                             "\ttab",
                             "\r\n",
                             "\x01\x1f\x7f",
                             std::string("nul\0nul", 7),
                             "Saxof\xC3\xB3n \xE2\x99\xAF",
                             "\xC2\x85",
                             "\xE2\x80\xA8",
                             "=",
                             "<<",
                             "2001-01-01",
                             "12:30:45",
                             "C:\\x y",
                             "/a b/c.wav",
                             "\xEF\xBB\xBFx",
                             "\xF0\x9F\x8E\xBB");
  Options options;
  options.title = text;
  options.names = {text, "between", text};
  const std::string yaml = sep::write_config(options);
  INFO(yaml);
  const Options read = parse(yaml);
  CHECK(read.title == text);
  CHECK(read.names == options.names);
}

TEST_CASE("fields are listed in order and written nested", "[core][config]") {
  Options options;
  options.model.transform.stretch = {0.1, 25.0};
  const auto fields = sep::list_fields(options);
  REQUIRE(fields.size() == 12);
  CHECK(fields[0].key == "title");
  CHECK(fields[0].value == "\"\"");
  CHECK(fields[9].key == "model.transform.stretch");
  CHECK(fields[9].value == "[0.1, 25]");
  CHECK(sep::write_config(options) ==
        "title: \"\"\nrate: 0.001\ncolour: red\nnames: [a]\n"
        "stft:\n  window_length: 512\n  hop_length: 128\n  stretch: [0.8, 1.2]\n"
        "model:\n  transform:\n    window_length: 512\n    hop_length: 128\n"
        "    stretch: [0.1, 25]\n  enabled: true\nnum_epochs: 1\n");
}

TEST_CASE("text that another reader would take for more is quoted", "[core][config]") {
  Options options;
  for (const char* text : {"true", "No", "2024", "-1", ".5", "~", "a: b", ""}) {
    options.title = text;
    CHECK(sep::list_fields(options)[0].value == "\"" + std::string(text) + "\"");
  }
  options.title = "Model A";
  CHECK(sep::list_fields(options)[0].value == "Model A");
}

TEST_CASE("differences name key and both values", "[core][config]") {
  Options wanted;
  wanted.num_epochs = 3;
  auto found = sep::list_fields(Options());
  CHECK(sep::config_differences(sep::list_fields(wanted), found) ==
        std::vector<std::string>{"num_epochs: 3 wanted, 1 found"});
  found.erase(found.begin());
  found.push_back({"old", "5"});
  CHECK(sep::config_differences(sep::list_fields(Options()), found) ==
        std::vector<std::string>{"title: \"\" wanted, nothing found",
                                 "old: nothing wanted, 5 found"});
  CHECK(sep::config_differences(found, found).empty());
}

TEST_CASE("a key that is no setting is refused", "[core][config][failure]") {
  CHECK(error_of("title: x\nstft:\n  hop: 64\n") ==
        "c.yaml:3: stft.hop is no setting; did you mean stft.hop_length?");
  CHECK(error_of("num_epoch: 1") ==
        "c.yaml:1: num_epoch is no setting; did you mean num_epochs?");
  CHECK(error_of("\nepochs: 1") ==
        "c.yaml:2: epochs is no setting; did you mean num_epochs?");
  CHECK(error_of("stft: {window_lenght: 1}") ==
        "c.yaml:1: stft.window_lenght is no setting; did you mean stft.window_length?");
  CHECK(error_of("stft: {length: 1}") ==
        "c.yaml:1: stft.length is no setting; did you mean stft.hop_length?");
  CHECK(error_of("enabled: true") ==
        "c.yaml:1: enabled is no setting; did you mean model.enabled?");
  CHECK(error_of("stfd: {}") == "c.yaml:1: stfd is no setting; did you mean stft?");
  CHECK(error_of("momentum: 1") == "c.yaml:1: momentum is no setting");
  CHECK(error_of("stft.hop_length: 64") ==
        "c.yaml:1: stft.hop_length is no setting; in a file settings are nested, without "
        "dots");
  CHECK(error_of("\"\": 64") == "c.yaml:1:  is no setting");
  CHECK(error_of("\"a\\nb\": 64") == "c.yaml:1: a\\x0ab is no setting");
  CHECK(error_of("title:\n  more: 1") == "c.yaml:1: title = {…}: wants text");
  CHECK(error_of(std::string(1000, 'k') + ": 1").size() < 120);
}

TEST_CASE("a value of another type is refused", "[core][config][failure]") {
  const auto whole = [](const std::string& value) {
    return error_of("\n\nstft: {hop_length: " + value + "}");
  };
  CHECK(whole("abc") == "c.yaml:3: stft.hop_length = \"abc\": wants a whole number");
  CHECK(whole("1.5") == "c.yaml:3: stft.hop_length = 1.5: wants a whole number");
  CHECK(whole("'64'") == "c.yaml:3: stft.hop_length = \"64\": wants a whole number");
  CHECK(whole("[1]") == "c.yaml:3: stft.hop_length = [1]: wants a whole number");
  CHECK(whole("") == "c.yaml:3: stft.hop_length has no value: wants a whole number");
  CHECK(whole("9223372036854775808") ==
        "c.yaml:3: stft.hop_length = 9223372036854775808: "
        "wants a whole number from -2^63 to 2^63 - 1");
  for (const char* value :
       {"0x10", "0o17", "010", "1e3", "1_000", "64 Hz", "true", "+-1", "--1", "1-1"}) {
    CHECK_THAT(whole(value), Catch::Matchers::Contains(": wants a whole number"));
  }
  for (const char* value : {".nan",
                            ".inf",
                            "-.inf",
                            "inf",
                            "nan",
                            "1e999",
                            "0x1p3",
                            "abc",
                            "1.2.3",
                            "'1'",
                            "[1]",
                            "true",
                            "01.5",
                            "1e",
                            "."}) {
    CHECK_THAT(error_of(std::string("rate: ") + value),
               Catch::Matchers::StartsWith("c.yaml:1: rate = ") &&
                   Catch::Matchers::EndsWith(": wants a finite number"));
  }
  for (const char* value : {"yes", "on", "True", "1", "'true'", "[true]"}) {
    CHECK_THAT(error_of(std::string("model: {enabled: ") + value + "}"),
               Catch::Matchers::EndsWith(": wants true or false"));
  }
  CHECK(error_of("title: [a, b]") == "c.yaml:1: title = [\"a\", \"b\"]: wants text");
  CHECK(error_of("names: violin") ==
        "c.yaml:1: names = \"violin\": wants a list of texts, [a, b]");
  CHECK(error_of("names: [a, [b]]") ==
        "c.yaml:1: names = [\"a\", [\"b\"]]: wants a list of texts, [a, b]");
  CHECK(error_of("names: [a, ~]") ==
        "c.yaml:1: names = [\"a\", nothing]: wants a list of texts, [a, b]");
  for (const char* value :
       {"1", "[1]", "[1, 2, 3]", "[2, 1]", "[a, b]", "[0, .inf]", "{a: 1}"}) {
    CHECK_THAT(
        error_of(std::string("stft: {stretch: ") + value + "}"),
        Catch::Matchers::EndsWith(": wants two numbers, [low, high] with low <= high"));
  }
  CHECK(error_of("colour: blue") ==
        "c.yaml:1: colour = \"blue\": wants red, green or null");
  CHECK(error_of("stft: 3") == "c.yaml:1: stft = 3: wants settings below it");
}

TEST_CASE("what validate() refuses has a place", "[core][config][failure]") {
  CHECK(error_of("stft:\n  window_length: 512\n  hop_length: 513\n") ==
        "c.yaml:3: stft.hop_length = 513: wants 1 to window_length = 512");
  CHECK(error_of("# model\nmodel:\n  transform:\n    window_length: 64\n") ==
        "c.yaml:3: model.transform.hop_length = 128: wants 1 to window_length = 64");
  CHECK(error_of("num_epochs: 0") == "c.yaml:1: num_epochs = 0: wants at least 1");
  CHECK(error_of("rate: 1\ntitle: forbidden") == "c.yaml: a title that is forbidden");
  CHECK(
      error_of("title: x", {"stft.window_length=64"}) ==
      "--set stft.window_length=64: stft.hop_length = 128: wants 1 to window_length = 64");
}

TEST_CASE("overrides stand above the file", "[core][config]") {
  const Options options = parse("num_epochs: 5\nstft: {hop_length: 64}\n",
                                {"num_epochs=6",
                                 "stft.window_length=1024",
                                 "model={enabled: false}",
                                 "model.transform.hop_length=32",
                                 "names=[x, y]",
                                 "title=a=b",
                                 "num_epochs=7",
                                 "stft=~"});
  CHECK(options.num_epochs == 7);
  CHECK(options.stft.window_length == 1024);
  CHECK(options.stft.hop_length == 64);
  CHECK_FALSE(options.model.enabled);
  CHECK(options.model.transform.hop_length == 32);
  CHECK(options.names == std::vector<std::string>{"x", "y"});
  CHECK(options.title == "a=b");
  CHECK(parse("title: x", {"title="}).title.empty());
}

TEST_CASE("an override's fault begins with its origin", "[core][config][failure]") {
  CHECK(error_of("", {"stft.hop=3"}) ==
        "--set stft.hop=3: stft.hop is no setting; did you mean stft.hop_length?");
  CHECK(error_of("num_epochs: 3", {"num_epochs=abc"}) ==
        "--set num_epochs=abc: num_epochs = \"abc\": wants a whole number");
  CHECK(error_of("num_epochs: 3", {"num_epochs=0"}) ==
        "--set num_epochs=0: num_epochs = 0: wants at least 1");
  CHECK(error_of("", {"title.x=0"}) == "--set title.x=0: title = {…}: wants text");
  CHECK(error_of("", {"stft=3"}) == "--set stft=3: stft = 3: wants settings below it");
  CHECK(error_of("", {"stft={hop_length: 1, hop_length: 2}"}) ==
        "--set stft={hop_length: 1, hop_length: 2}: stft.hop_length is given twice");
  CHECK(error_of("", {"stft="}) == "--set stft=: stft = \"\": wants settings below it");
  CHECK_THAT(error_of("", {"names=[a"}),
             Catch::Matchers::StartsWith("--set names=[a: is no YAML: "));
  CHECK_THAT(error_of("", {"a..b=1"}), Catch::Matchers::Contains("is no setting"));
  CHECK_THAT(error_of("", {"stft.=1"}), Catch::Matchers::Contains("is no setting"));
  CHECK_THROWS_WITH(sep::parse_override("abc"), "--set abc: wants key=value");
  CHECK_THROWS_AS(sep::parse_override("=3"), sep::Error);
}

TEST_CASE("what is shown of a document stays on its line", "[core][config][failure]") {
  CHECK(error_of("", {"a\nb=1"}) == "--set a\\x0ab=1: a\\x0ab is no setting");
  CHECK(error_of("", {"a\nb={c: 1, c: 2}"}) ==
        "--set a\\x0ab={c: 1, c: 2}: a\\x0ab.c is given twice");
  CHECK_THROWS_WITH(sep::parse_override("a\nb"), "--set a\\x0ab: wants key=value");
  CHECK_THAT(error_of("title: \"\\\x7f\""), Catch::Matchers::EndsWith("\\x7f"));
}

TEST_CASE("documents that are no plain settings are refused", "[core][config][failure]") {
  CHECK(error_of("num_epochs: 1\nstft:\n  hop_length: 1\n  hop_length: 2\n") ==
        "c.yaml:4: stft.hop_length is given twice, first at c.yaml:3");
  CHECK(error_of("num_epochs: 1\n---\nnum_epochs: 2\n") ==
        "c.yaml:2: wants one document, found a second");
  CHECK(error_of("title: &t x\n") == "c.yaml:1: anchors (&name) are not understood");
  CHECK(error_of("title: x\nnames: *t\n").find("c.yaml:2: ") == 0);
  CHECK(error_of("title: !!str 5\n") ==
        "c.yaml:1: tags are not understood, found tag:yaml.org,2002:str");
  CHECK(error_of("- a\n- b\n") ==
        "c.yaml:1: wants settings, \"key: value\" a line, found [\"a\", \"b\"]");
  CHECK(error_of("just words") ==
        "c.yaml:1: wants settings, \"key: value\" a line, found \"just words\"");
  CHECK(error_of("[a]: 1") == "c.yaml:1: wants a name before the colon");
  CHECK(error_of("title: [a\n").find("c.yaml:2: is no YAML: ") == 0);
  CHECK(error_of("title: x\n\x04num_epochs: 2\n") ==
        "c.yaml:2: is no text: it has a byte 0x04");
  CHECK(error_of(std::string("\xFF\xFEt\0i\0", 6)) ==
        "c.yaml:1: is no text: it has a byte 0x00");
}

TEST_CASE("blanks that are no spaces are named", "[core][config][failure]") {
  const std::string tab = "is no YAML: a tab indents the line, wants spaces";
  CHECK(error_of("stft:\n\thop_length: 64\n") == "c.yaml:2: " + tab);
  CHECK(error_of("title: x\nstft:\n  hop_length: 64\n\twindow_length: 128\n") ==
        "c.yaml:4: " + tab);
  CHECK(error_of("stft:\n  \thop_length: 64\n  window_length: 128\n") ==
        "c.yaml:2: " + tab);
  const std::string space = "\xC2\xA0";
  const std::string remark = "it holds a no-break space (U+00A0)";
  CHECK(error_of("stft:\n" + space + " hop_length: 64\n") ==
        "c.yaml:2: " + space + " hop_length is no setting; " + remark +
            "; did you mean model.transform.hop_length?");
  CHECK(error_of("num_epochs:" + space + "2\n") ==
        "c.yaml:1: wants settings, \"key: value\" a line, found \"num_epochs:" + space +
            "2\"; " + remark);
  CHECK(error_of("num_epochs: " + space + "2\n") ==
        "c.yaml:1: num_epochs = \"" + space + "2\": wants a whole number; " + remark);
  CHECK(
      error_of("colour: red\xE2\x80\x8B\n") ==
      "c.yaml:1: colour = \"red\xE2\x80\x8B\": wants red, green or null; it holds a space "
      "of no width (U+200B)");
  CHECK(error_of("stft:" + space + "{hop_length: 64}\ntitle: x\n").find(remark) !=
        std::string::npos);
  // In text they are what somebody wrote.
  CHECK(parse("title: Mod\xC3\xA8le" + space + "A\n").title ==
        "Mod\xC3\xA8le" + space + "A");
  CHECK(parse("title: x\t# a comment\n").title == "x");
}

TEST_CASE("no document exhausts the stack", "[core][config][failure]") {
  const auto opening = GENERATE(
      as<std::string>(), "[", "{a: ", "- ", "? ", "[a: ", "[? ", "{? ", "!x [", "'a': ");
  std::string text;
  while (text.size() < 1000000) text += opening;
  const std::string error = error_of("title: " + text);
  INFO(error);
  CHECK(error.find("c.yaml:1: ") == 0);
  CHECK(error.size() < 200);
  CHECK(error_of(text).find("c.yaml:1: ") == 0);
}

TEST_CASE("nesting is allowed up to its limit", "[core][config][failure]") {
  const auto nested = [](size_t depth) {
    return "title: " + std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK_THAT(error_of(nested(31)), Catch::Matchers::EndsWith(": wants text"));
  CHECK(error_of(nested(32)) == "c.yaml:1: is nested deeper than 32 levels");
}

TEST_CASE("files that cannot be read are named", "[core][config][failure]") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(sep::read_config<Options>(folder / "no.yaml"),
                    Catch::Matchers::Contains("no.yaml: cannot be read: No such file"));
  CHECK_THROWS_WITH(sep::read_config<Options>(folder.path()),
                    Catch::Matchers::Contains("cannot be read: Is a directory"));
  sep::write_file_atomically(folder / "big.yaml", "#" + std::string(1 << 20, ' '));
  CHECK_THROWS_WITH(sep::read_config<Options>(folder / "big.yaml"),
                    Catch::Matchers::Contains("big.yaml: wants at most 1048576 bytes"));
  CHECK_THROWS_AS(parse("#" + std::string(1 << 20, ' ')), sep::Error);
  sep::write_file_atomically(folder / "c.yaml", "num_epochs: 4\n");
  CHECK(sep::read_config<Options>(folder / "c.yaml").num_epochs == 4);
}

TEST_CASE("a hundred thousand keys are answered at once", "[core][config][failure]") {
  std::string text;
  for (int i = 0; text.size() < 1000000; ++i) text += "k" + std::to_string(i) + ":\n";
  CHECK(error_of(text) == "c.yaml:1: k0 is no setting");
}

TEST_CASE("enum names go both ways", "[core][config]") {
  CHECK(sep::enum_name(Colour::kGreen) == "green");
  CHECK(sep::parse_enum<Colour>("green") == Colour::kGreen);
  CHECK_THROWS_WITH(sep::parse_enum<Colour>("Green"),
                    "\"Green\": wants red, green or null");
}

TEST_CASE("damaged documents end in an error or a config", "[core][config][failure]") {
  const std::string whole = sep::write_config(Options());
  sep::RandomStream random(2, "test/config/damage");
  const std::string letters = "[]{}:,-?&*!|>'\"%@`#~ \n\t\\a0.\xC3";
  for (int i = 0; i < 3000; ++i) {
    std::string text = whole;
    for (int64_t n = 1 + random.index(6); n > 0; --n) {
      const auto place =
          static_cast<size_t>(random.index(static_cast<int64_t>(text.size())));
      text[place] =
          letters[static_cast<size_t>(random.index(static_cast<int64_t>(letters.size())))];
    }
    INFO(text);
    const std::string error = error_of(text);
    REQUIRE((error == "no error" || error.find("c.yaml") == 0));
    REQUIRE(error.find('\n') == std::string::npos);
  }
}
