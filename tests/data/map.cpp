#include <filesystem>

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

DataOptions options_of(const fs::path& path, const std::string& keys) {
  return parse_config<DataOptions>("path: " + path.string() + "\n" + keys, "c.yaml");
}

std::string fault_of(const fs::path& path, const std::string& keys) {
  const auto message = message_of([&] { open_data(options_of(path, keys)); });
  return message.substr(message.find(path.string()) == 0 ? path.string().size() : 0);
}

/// Two pieces of Violin_1 and Violin_2, one of them with Bass and Bassoon.
void write_labels(const fs::path& root) {
  int value = 0;
  for (const char* name : {"a", "b"}) {
    for (const char* stem : {"Violin_1", "Violin_2", "Bass", "Bassoon"}) {
      if (std::string(name) == "b" && stem[0] == 'B') continue;
      value += 1000;
      write_tone(
          root / name / (std::string(name) + "-" + stem + ".wav"), 100, 44100, value);
    }
    write_tone(root / name / (std::string(name) + ".wav"), 100, 44100, value);
  }
}

}  // namespace

TEST_CASE("labels are renamed and grouped", "[data][map]") {
  const TemporaryFolder folder;
  write_labels(folder.path());
  const std::string map =
      "missing_stems: allow\nmap: {Violin_1: violin, Violin_2: violin, Bass: bass}\n";
  const auto dataset = open_data(options_of(folder.path(), map));
  CHECK(dataset.instruments == Lines{"Bassoon", "bass", "violin"});
  const Piece& a = dataset.pieces[0];
  CHECK(part(a, "violin").files[0].path.filename() == "a-Violin_1.wav");
  CHECK(part(a, "violin-2").instrument == "violin");
  CHECK(has_part(a, "bass"));
  CHECK(load_stem(a, "violin").samples[0] == 3000.0F / 32768.0F);
}

TEST_CASE("a renamed dataset is as if it had been called so", "[data][map]") {
  const TemporaryFolder folder;
  for (const char* name : {"a", "b", "c"}) write_bach10_piece(folder / "plain", name);
  fs::copy(folder / "plain", folder / "other", fs::copy_options::recursive);
  for (const char* name : {"a", "b", "c"}) {
    const auto file = [&](const std::string& stem) {
      return folder / "other" / name / (std::string(name) + "-" + stem + ".wav");
    };
    fs::rename(file("violin"), file("vn"));
    fs::rename(file("saxphone"), file("sax"));
  }
  const auto options = options_of(folder / "other", "map: {vn: violin, sax: saxophone}\n");
  const auto plain = open_dataset(folder / "plain");
  const auto renamed = open_data(options);
  CHECK(renamed.instruments == plain.instruments);
  CHECK(dataset_fingerprint(renamed) == dataset_fingerprint(plain));
  CHECK(samples_fingerprint(renamed, 1, Progress()) ==
        samples_fingerprint(plain, 1, Progress()));
}

TEST_CASE("a map is checked", "[data][map][failure]") {
  const TemporaryFolder folder;
  write_labels(folder.path());
  const std::string allow = "missing_stems: allow\n";
  CHECK(fault_of(folder.path(), allow + "map: {Violin: violin}\n") ==
        ": data.map.Violin: no instrument is called so; there are Bass, Bassoon, Violin_1, "
        "Violin_2");
  CHECK(fault_of(folder.path(), "map: {Bass: mix}\n") ==
        "c.yaml:2: map.Bass: wants another name, found \"mix\": the mixture is called so");
  CHECK(fault_of(folder.path(), "map: {saxophone: a, saxphone: b}\n") ==
        "c.yaml:2: map.saxphone = b: it is to be a too");
  CHECK(fault_of(folder.path(), "map: {Bass: a, Bass: b}\n").find("given twice") !=
        std::string::npos);
}

TEST_CASE("parts that are no target are kept or dropped", "[data][map]") {
  const TemporaryFolder folder;
  write_labels(folder.path());
  const auto dataset = open_data(options_of(folder.path(), "missing_stems: allow\n"));
  const auto kept = for_targets(dataset, {"Bass", "Violin_1"}, Others::kKeep);
  CHECK(kept.pieces.size() == 2);
  CHECK(kept.pieces[0].parts.size() == 4);
  CHECK(kept.instruments.size() == 4);
  CHECK(kept.notes == dataset.notes);
  const auto dropped = for_targets(dataset, {"Bass", "Violin_1"}, Others::kDrop);
  CHECK(dropped.instruments == Lines{"Bass", "Violin_1"});
  CHECK(dropped.pieces[0].parts.size() == 2);
  CHECK(dropped.pieces[0].mixture.empty());
  CHECK(load_piece(dropped.pieces[0]).mixture.samples[0] == 4000.0F / 32768.0F);
  CHECK(dropped.notes.back() ==
        "other instruments than Bass, Violin_1 are dropped: 2 mixtures are made as the sum "
        "of the stems, clipped to full scale");
  const auto basses = for_targets(dataset, {"Bass"}, Others::kKeep);
  REQUIRE(basses.pieces.size() == 1);
  CHECK(basses.pieces[0].name == "a");
  CHECK_FALSE(basses.pieces[0].mixture.empty());
  CHECK(basses.notes.back() == "1 piece holds none of Bass and is left out: b");
  CHECK_THROWS_WITH(for_targets(dataset, {"tuba"}, Others::kDrop),
                    folder.path().string() + ": no piece holds any of tuba");
}
