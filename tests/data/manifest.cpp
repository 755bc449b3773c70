#include "libsep/data/manifest.h"

#include <cmath>
#include <filesystem>

#include "libsep/core/csv.h"
#include "libsep/core/error.h"
#include "libsep/data/dataset.h"
#include "libsep/data/fingerprint.h"
#include "tests/support/audio_files.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace sep;
namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

namespace {

const std::string kHeader = "piece,split,part,instrument,path,start_seconds,gain_db\n";

DataOptions manifest_options(const std::string& alternative = "") {
  DataOptions options;
  options.layout = Kind<layouts>("manifest");
  options.layout.options<ManifestOptions>().alternative = alternative;
  return options;
}

/// The faults of `text` as set.csv in `folder`, the folder cut off.
Lines faults_of_text(const TemporaryFolder& folder, const std::string& text) {
  write_text(folder / "set.csv", text);
  Lines faults;
  try {
    open_dataset(folder / "set.csv");
  } catch (const ErrorList& error) {
    faults = error.faults();
  } catch (const Error& error) {
    faults = {error.what()};
  }
  const auto prefix = folder.path().string() + "/";
  for (auto& fault : faults) {
    for (size_t at = 0; (at = fault.find(prefix)) != std::string::npos;) {
      fault.erase(at, prefix.size());
    }
  }
  return faults;
}

void write_four(const TemporaryFolder& folder) {
  for (int i = 1; i <= 4; ++i) {
    write_tone(folder / ("x" + std::to_string(i) + ".wav"), 100, 8000, 1000 * i);
  }
}

}  // namespace

TEST_CASE("a manifest is a dataset", "[data][manifest]") {
  const TemporaryFolder folder;
  write_four(folder);
  write_tone(folder / "mix.wav", 120, 8000);
  write_text(folder / "set.csv",
             kHeader +
                 "b,train,1,violin,x1.wav,,\n"
                 "b,train,2,violin,./x2.wav,,-6\n"
                 "\n"
                 "a,test,bass,double bass,x3.wav,,\r\n"
                 "a,test,mixture,,mix.wav,,0\n"
                 "a,test,s,saxophone,x1.wav,0.0025,\n"
                 "a,test,s,saxophone,x1.wav,0,\n" +
                 ",,,,,,\n");
  const auto dataset = open_dataset(folder / "set.csv");
  REQUIRE(dataset.pieces.size() == 2);
  CHECK(dataset.instruments == Lines{"double bass", "saxphone", "violin"});
  const Piece& a = dataset.pieces[0];
  CHECK(a.name == "a");
  CHECK(a.split == "test");
  CHECK(a.mixture.filename() == "mix.wav");
  CHECK(part(a, "bass").instrument == "double bass");
  REQUIRE(part(a, "s").files.size() == 2);
  CHECK(part(a, "s").files[0].start == 20);
  CHECK(part(a, "s").files[0].start_seconds == 0.0);
  CHECK(a.num_samples == 120);  // the mixture's
  const auto late = load_part(a, "s");
  CHECK(late.samples[0] == 1000.0F / 32768.0F);
  CHECK(late.samples[20] == 2000.0F / 32768.0F);
  const Piece& b = dataset.pieces[1];
  CHECK(b.split == "train");
  CHECK(part(b, "2").files[0].gain == std::pow(10.0, -0.3));
  CHECK(load_stem(b, "violin").samples[0] ==
        1000.0F / 32768.0F + static_cast<float>(std::pow(10.0, -0.3) * 2000.0 / 32768.0));
}

TEST_CASE("columns come in any order, some not at all", "[data][manifest]") {
  const TemporaryFolder folder;
  write_four(folder);
  write_text(folder / "set.CSV",
             "\xEF\xBB\xBFpath,part,instrument,piece\n"
             "x1.wav,u,u,p\n\"" +
                 (folder / "x2.wav").string() + "\",\"v,w\",\"v,w\",p\n");
  const auto dataset = open_dataset(folder / "set.CSV");
  CHECK(dataset.instruments == Lines{"u", "v,w"});
  CHECK(part(dataset.pieces[0], "v,w").files[0].path == folder / "x2.wav");
  CHECK(dataset.pieces[0].split.empty());
}

TEST_CASE("of alternatives one is read", "[data][manifest]") {
  const TemporaryFolder folder;
  write_four(folder);
  write_text(folder / "set.csv",
             "piece,part,instrument,path,alternative\n"
             "p,1,oboe,x1.wav,near\n"
             "p,1,flute,x2.wav,far\n"
             "p,2,horn,x3.wav,\n"
             "p,mixture,,x3.wav,near\n"
             "p,mixture,,x4.wav,far\n");
  const auto first = open_dataset(folder / "set.csv", manifest_options());
  CHECK(first.instruments == Lines{"horn", "oboe"});
  CHECK(first.pieces[0].mixture.filename() == "x3.wav");
  CHECK(first.notes == Lines{"alternatives: of 2 parts one is read"});
  const auto far = open_dataset(folder / "set.csv", manifest_options("far"));
  CHECK(far.instruments == Lines{"flute", "horn"});
  CHECK(far.pieces[0].mixture.filename() == "x4.wav");
  CHECK(message_of([&] { open_dataset(folder / "set.csv", manifest_options("fat")); }) ==
        (folder / "set.csv").string() + ": no part has the alternative fat");
}

TEST_CASE("pieces of a manifest may differ in instruments", "[data][manifest]") {
  const TemporaryFolder folder;
  write_four(folder);
  write_text(folder / "set.csv",
             kHeader + "p,,a,a,x1.wav,,\np,,b,b,x2.wav,,\nq,,c,c,x3.wav,,\n");
  const auto dataset = open_dataset(folder / "set.csv");
  CHECK(dataset.notes.back() ==
        "pieces differ in instruments: 2 lack some: p (c), q (a, b)");
  std::string many = kHeader;
  for (int i = 0; i < 12; ++i) {
    many += fmt::format("p{},,{},{},x1.wav,,\n", i, i % 3, i % 3);
  }
  write_text(folder / "many.csv", many);
  CHECK(open_dataset(folder / "many.csv").notes.back() ==
        "pieces differ in instruments: of 12 0 in 4, 1 in 4, 2 in 4");
}

TEST_CASE("all faults of a manifest are said at once", "[data][manifest][failure]") {
  const TemporaryFolder folder;
  write_four(folder);
  write_tone(folder / "y.wav", 100, 9000);
  write_text(folder / "text.wav");
  const auto text = kHeader +
                    "p,,1,a,x1.wav,,\n"
                    "p,,2,b,none.wav,,\n"                           // 3
                    "p,,3,c,x1.wav,-1,\n"                           // 4
                    "p,,4,d,x1.wav,,loud\n"                         // 5
                    "p,dev,5,e,x1.wav,1e6,\n"                       // 6
                    "p,,6,f,../x.wav,,\n"                           // 7
                    "p,,7,g,x1.wav,\n"                              // 8
                    ",,,,,,1\n"                                     // 9
                    "p,,1,a,x1.wav,,\n"                             // 10
                    "p,,1,b,x2.wav,,\n"                             // 11
                    "p,train,8,h,y.wav,,\n"                         // 12
                    "p,,mixture,flute,x1.wav,,\n"                   // 13
                    "p,,mixture,,x1.wav,,-1\n"                      // 14
                    "a/b,,mixture ,,x1.wav,,\n"                     // 15
                    "p,,mixture,,x3.wav,,\np,,mixture,,x4.wav,,\n"  // 16
                    "p,,9,remainder,x1.wav,,\n"                     // 18
                    "p,,mix,i,x1.wav,,\n"                           // 19
                    "p,,10,j,text.wav,,\n"                          // 20
                    "p,,11,k,.,,\n";                                // 21
  CHECK(
      faults_of_text(folder, text) ==
      Lines{"set.csv:3: none.wav: no such file",
            "set.csv:4: start_seconds = -1: wants 0 to 100000",
            "set.csv:5: gain_db = loud: wants -200 to 200",
            "set.csv:6: split = \"dev\": wants train, validation, test or nothing",
            "set.csv:6: start_seconds = 1e6: wants 0 to 100000",
            "set.csv:7: path = \"../x.wav\": leads out of the manifest's folder; wants a "
            "path from the root there",
            "set.csv:8: wants 7 cells as in the header, found 6",
            "set.csv:9: wants a part",
            "set.csv:9: wants a path",
            "set.csv:9: wants a piece",
            "set.csv:10: part 1 has x1.wav at line 2 already",
            "set.csv:11: part 1 is b: line 2 has a",
            "set.csv:12: y.wav: 9000 Hz, the dataset has 8000 Hz",
            "set.csv:12: split of p = train: line 2 has none",
            "set.csv:13: instrument = \"flute\": the part called mixture is the mixture "
            "of all",
            "set.csv:14: the mixture wants no start_seconds and no gain_db",
            "set.csv:15: part = \"mixture \": wants no blank at either end",
            "set.csv:17: p has a mixture at line 16 already",
            "set.csv:18: instrument: \"remainder\": what is left of a recording is called "
            "so",
            "set.csv:19: part: \"mix\": the mixture is called so",
            "set.csv:20: text.wav: not an audio file that can be read (Format not "
            "recognised)",
            "set.csv:21: .: is no file"});
}

TEST_CASE("a manifest wants its header", "[data][manifest][failure]") {
  const TemporaryFolder folder;
  CHECK(faults_of_text(folder, "piece,part,part,gain\nx\n") ==
        Lines{"set.csv:1: column part stands twice",
              "set.csv:1: column \"gain\": wants one of piece, split, part, instrument, "
              "path, start_seconds, gain_db, alternative",
              "set.csv:1: wants a column instrument",
              "set.csv:1: wants a column path"});
  CHECK(faults_of_text(folder, "") == Lines{"set.csv:1: is empty, wants a header"});
  CHECK(faults_of_text(folder, kHeader) ==
        Lines{"set.csv: wants a row a file, found none"});
  CHECK(faults_of_text(folder, kHeader + "\"a\n") ==
        Lines{"set.csv:2: a quote is not closed"});
  CHECK(faults_of_text(folder, kHeader + "p,,1,a,x.wav,,\n") ==
        Lines{"set.csv:2: x.wav: no such file"});
  CHECK(message_of([&] { open_dataset(folder.path(), manifest_options()); }) ==
        folder.path().string() + ": wants a manifest, found a folder");
  CHECK(message_of([&] { open_dataset(folder / "none.csv", manifest_options()); }) ==
        (folder / "none.csv").string() + ": no such file");
}

TEST_CASE("a layout is written as a manifest and read again", "[data][manifest]") {
  const TemporaryFolder folder;
  for (const char* name : {"01-A", "02-B, C"}) {
    write_bach10_piece(folder / "data", name);
  }
  const auto described = open_dataset(folder / "data");
  const auto check = [&](const fs::path& file, const std::string& path) {
    const auto table = describe_dataset(folder / "data", {}, file);
    CHECK(table.rows.size() == 10);
    CHECK(table.rows[0][table.column("path")] == path);
    CHECK(table.rows[1] == Lines{"01-A",
                                 "",
                                 "bassoon",
                                 "bassoon",
                                 path.substr(0, path.size() - 4) + "-bassoon.wav",
                                 "",
                                 "",
                                 ""});
    fs::create_directories(file.parent_path());
    write_csv(file, table);
    const auto again = open_dataset(file);
    CHECK(dataset_fingerprint(again) == dataset_fingerprint(described));
    CHECK(samples_fingerprint(again, 1, Progress()) ==
          samples_fingerprint(described, 1, Progress()));
    CHECK(describe_dataset(file, {}, file).rows == table.rows);
  };
  check(folder / "set.csv", "data/01-A/01-A.wav");
  check(folder / "data" / "set.csv", "01-A/01-A.wav");
  check(folder / "else" / "set.csv", (folder / "data/01-A/01-A.wav").string());
}

TEST_CASE("a manifest keeps starts, gains and splits", "[data][manifest]") {
  const TemporaryFolder folder;
  write_four(folder);
  const auto text = kHeader +
                    "p,test,mixture,,x1.wav,,\n"
                    "p,test,1,a,x2.wav,0.005,-3.5\n"
                    "p,test,1,a,x3.wav,,\n"
                    "p,test,2,b,x4.wav,,\n";
  write_text(folder / "set.csv", text);
  const auto table = describe_dataset(folder / "set.csv", {}, folder / "again.csv");
  CHECK(table.rows ==
        parse_csv("h,,,,,,,\np,test,mixture,,x1.wav,,,\np,test,1,a,x2.wav,0.005,-3.5,\n"
                  "p,test,1,a,x3.wav,,,\np,test,2,b,x4.wav,,,\n",
                  "t")
            .rows);
}
