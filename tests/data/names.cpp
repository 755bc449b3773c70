// What files and folders are called: the mixture's names, names that no instrument can
// have, and names that look alike.
#include <filesystem>

#include "libsep/core/stem_name.h"
#include "libsep/data/dataset.h"
#include "libsep/data/piece.h"
#include "tests/support/audio_files.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace sep;
namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

namespace {

// "Ménuet" and "flûte" with their letters in one and in two parts.
const std::string kComposed = "M\u00E9nuet";
const std::string kDecomposed = "Me\u0301nuet";
const std::string kFlute = "fl\u00FBte";
const std::string kFluteInParts = "flu\u0302te";

}  // namespace

TEST_CASE("the mixture is known by letters of any size", "[data][names]") {
  const auto name = GENERATE(as<std::string>(), "Mix", "MIX", "Mixture", "mixtures", "mix");
  const TemporaryFolder folder;
  for (const char* piece : {"a", "b"}) {
    write_bach10_piece(folder / "pieces", piece);
    const auto place = folder / "pieces" / piece;
    fs::rename(place / (std::string(piece) + ".wav"),
               place / (std::string(piece) + "-" + name + ".wav"));
    for (const char* stem : {"oboe", "violin"}) {
      write_tone(folder / "stems" / stem / (std::string(piece) + ".wav"));
    }
    write_tone(folder / "stems" / name / (std::string(piece) + ".wav"));
  }
  const auto pieces = open_dataset(folder / "pieces");
  CHECK(pieces.instruments == Lines{"violin", "bassoon", "clarinet", "saxphone"});
  CHECK(pieces.pieces[1].mixture == folder / "pieces" / "b" / ("b-" + name + ".wav"));
  const auto stems = open_dataset(folder / "stems");  // auto: a folder of mixtures is there
  CHECK(stems.instruments == Lines{"oboe", "violin"});
  CHECK(stems.pieces[1].mixture == folder / "stems" / name / "b.wav");
  CHECK(stems.notes.empty());
}

TEST_CASE("a name that no file of a stem can have is a fault", "[data][names]") {
  const auto [name, problem] = GENERATE(
      table<std::string, std::string>({{"remainder", "what is left of a recording"},
                                       {"Remainder", "what is left of a recording"},
                                       {".hidden", "no dot in front"},
                                       {"vio\nlin", "without control characters"},
                                       {"caf\xE9", "wants UTF-8"},
                                       {std::string(201, 'v'), "at most 200 bytes"}}));
  const TemporaryFolder folder;
  for (const char* piece : {"a", "b"}) {
    write_bach10_piece(folder.path(), piece);
    write_tone(folder / piece / (std::string(piece) + "-" + name + ".wav"));
  }
  const auto faults = faults_of(folder.path());
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].find("a-") != std::string::npos);
  CHECK(faults[0].find("wants another name of the instrument, found \"") !=
        std::string::npos);
  CHECK(faults[0].find(problem) != std::string::npos);
}

TEST_CASE("instruments have names that files can have", "[data][names]") {
  for (const std::string name :
       {"violin", "alto sax", "第一", "violin.1", "mixer", "a+b"}) {
    CHECK(stem_name_problem(name).empty());
  }
  for (const std::string name : {"", "a/b", "..", "mixture", "MIX", "a\tb"}) {
    CHECK_FALSE(stem_name_problem(name).empty());
  }
  CHECK(stem_name_problem("remainder") ==
        "\"remainder\": what is left of a recording is called so");
}

TEST_CASE("names in one part and in two are the same", "[data][names]") {
  const TemporaryFolder folder;
  const auto mixed = folder / "pieces" / kDecomposed;
  write_tone(mixed / (kDecomposed + "-" + kFlute + ".wav"));
  write_tone(mixed / (kComposed + "-oboe.wav"));
  write_tone(mixed / (kComposed + ".wav"), 100, 44100, 2000);
  write_tone(folder / "pieces" / "b" / ("b-" + kFluteInParts + ".wav"));
  write_tone(folder / "pieces" / "b" / "b-oboe.wav");
  const auto dataset = open_dataset(folder / "pieces");
  CHECK(dataset.instruments == Lines{kFlute, "oboe"});
  REQUIRE(dataset.pieces.size() == 2);
  CHECK(dataset.pieces[0].name == kComposed);
  CHECK(dataset.piece_index(kDecomposed) == dataset.piece_index(kComposed));
  CHECK(load_piece(dataset.pieces[0]).stems.size() == 2);  // by the files' own bytes
  CHECK(canonical_stem_name(kFluteInParts) == kFlute);

  write_tone(folder / "stems" / kFluteInParts / (kComposed + ".wav"));
  write_tone(folder / "stems" / "oboe" / (kDecomposed + ".wav"));
  const auto stems = open_dataset(folder / "stems", "stem_folder");
  CHECK(stems.pieces.size() == 1);
  CHECK(stems.instruments == Lines{kFlute, "oboe"});
}

TEST_CASE("one name in one part and in two is two files", "[data][names]") {
  const TemporaryFolder folder;
  write_tone(folder / "a" / ("a-" + kFlute + ".wav"));
  write_tone(folder / "a" / ("a-" + kFluteInParts + ".wav"));
  write_tone(folder / "a" / "a-oboe.wav");
  const auto faults = faults_of(folder.path());
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].find("two files for stem " + kFlute) != std::string::npos);
}
