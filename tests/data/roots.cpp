#include <filesystem>

#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/data/dataset.h"
#include "libsep/data/fingerprint.h"
#include "libsep/data/fold.h"
#include "tests/support/audio_files.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace sep;
namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

namespace {

/// Three pieces as Bach10's, and two of a folder a stem that lack some instruments.
void write_both(const TemporaryFolder& folder) {
  for (const char* name : {"01", "02", "03"}) write_bach10_piece(folder / "real", name);
  for (const char* stem : {"violin", "bassoon", "tuba"}) {
    for (const char* piece : {"a.wav", "b.wav"}) {
      write_tone(folder / "synth" / stem / piece, 200);
    }
  }
}

DataOptions options_of(const std::string& text) {
  return parse_config<DataOptions>(text, "c.yaml");
}

DataOptions both(const TemporaryFolder& folder, const std::string& keys = "") {
  return options_of(fmt::format("path: {}\nalso: [{{path: {}, layout: stem_folder{}}}]\n",
                                (folder / "real").string(),
                                (folder / "synth").string(),
                                keys));
}

Lines names_of(const Dataset& dataset) {
  Lines names;
  for (const auto& piece : dataset.pieces) names.push_back(piece.name);
  return names;
}

}  // namespace

TEST_CASE("several datasets are one", "[data][roots]") {
  const TemporaryFolder folder;
  write_both(folder);
  const auto dataset = open_data(both(folder));
  CHECK(names_of(dataset) == Lines{"01", "02", "03", "synth-a", "synth-b"});
  CHECK(dataset.root == folder / "real");
  REQUIRE(dataset.roots.size() == 2);
  CHECK(dataset.roots[1].path == folder / "synth");
  CHECK(dataset.pieces[2].root == 0);
  CHECK(dataset.pieces[3].root == 1);
  // Of what is trained on alone nobody asks for tubas.
  CHECK(dataset.instruments == Lines{"violin", "bassoon", "clarinet", "saxphone"});
  CHECK(dataset.notes ==
        Lines{"synth: 2 mixtures are missing: made as the sum of the stems, clipped to "
              "full scale"});
  CHECK(make_folds(dataset, {}).size() == 3);
  const auto all = open_data(both(folder, ", use: folds, name: x"));
  CHECK(names_of(all) == Lines{"01", "02", "03", "x-a", "x-b"});
  CHECK(all.instruments == Lines{"bassoon", "clarinet", "saxphone", "tuba", "violin"});
  CHECK(make_folds(all, {}).size() == 5);
  const auto alone = open_data(options_of("path: " + (folder / "real").string()));
  CHECK(dataset_fingerprint(alone) == dataset_fingerprint(open_dataset(folder / "real")));
}

TEST_CASE("all datasets' faults are said at once", "[data][roots][failure]") {
  const TemporaryFolder folder;
  write_both(folder);
  auto options = both(folder);
  options.also.resize(4);
  options.also[1].path = (folder / "none").string();
  options.also[2].path = (folder / "horns").string();
  options.also[3].path = (folder / "real").string();
  options.also[3].name = "synth";
  write_bach10_piece(folder / "real", "a");
  for (const char* stem : {"horn", "flute"})
    write_tone(folder / "horns" / "x" / ("x-" + std::string(stem) + ".wav"), 100, 8000);
  fs::remove(folder / "synth" / "violin" / "a.wav");
  Lines faults;
  try {
    open_data(options);
  } catch (const ErrorList& error) {
    faults = error.faults();
  }
  const auto root = folder.path().string();
  CHECK(faults == Lines{root + "/synth/violin/a.wav: missing; 1 of 2 pieces have violin",
                        root + "/none: no such folder",
                        root + "/horns: 8000 Hz, " + root +
                            "/real has 44100 Hz; data.sample_rate resamples",
                        root + "/horns: has none of the instruments of " + root +
                            "/real, but flute, horn",
                        root + "/real: another dataset has a piece synth-a too"});
}

TEST_CASE("paths given above go first", "[data][roots]") {
  const auto options = options_of("path: a\nalso: [{path: b, use: folds}, {path: c}]\n");
  const auto paths = [&](const std::vector<fs::path>& above) {
    return data_paths(chosen_data(options, above));
  };
  CHECK(paths({}) == Lines{"a", "b", "c"});
  CHECK(paths({"x"}) == Lines{"x", "b", "c"});
  CHECK(paths({"x", "y"}) == Lines{"x", "y", "c"});
  CHECK(paths({"x", "y", "z", "w"}) == Lines{"x", "y", "z", "w"});
  const auto chosen = chosen_data(options, {"x", "y", "z", "w"});
  CHECK(chosen.also[0].use == DataUse::kFolds);
  CHECK(chosen.also[2].use == DataUse::kTrain);
  CHECK(data_paths(with_absolute_paths(chosen))[1] == absolute_path("y").string());
  CHECK(message_of([] { chosen_data(options_of("path: a\nalso: [{use: train}]"), {}); }) ==
        "data.also[0].path is empty: wants a dataset there, or so many --data");
}

TEST_CASE("weights are given to all datasets or to none", "[data][roots]") {
  const auto refusal = [](const std::string& text) {
    return message_of([&] { options_of(text); });
  };
  CHECK(refusal("weight: 1\nalso: [{weight: 3}]").empty());
  CHECK(refusal("also: [{path: b}, {path: c}]").empty());
  CHECK(refusal("also: [{path: b}, {weight: 2}]") ==
        "c.yaml:1: also[1].weight = 2: wants weights of all datasets or of none, weight is "
        "0");
  CHECK(refusal("weight: 1\nalso: [{path: b}]").find("c.yaml:2: also[0].weight = 0") == 0);
  CHECK(refusal("weight: -1").find("c.yaml:1: weight = -1") == 0);
  CHECK(refusal("also: [{use: test}]").find("use = \"test\": wants train or folds") !=
        std::string::npos);
}
