#include <filesystem>

#include "libsep/core/error.h"
#include "libsep/data/bach10.h"
#include "libsep/data/dataset.h"
#include "libsep/data/fingerprint.h"
#include "tests/support/audio_files.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace sep;
namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

namespace {

/// A folder a piece; every file in it is a desk of violins but cello.wav, and the last desk
/// comes in late.
struct DeskOptions {
  double gain = 0.5;
  int64_t delay = 0;

  template <class Archive>
  void visit(Archive& archive) {
    archive("gain", gain, "of each desk");
    archive("delay", delay, "of the last desk, in samples");
  }
};

FoundDataset find_desks(const DeskOptions& options, const fs::path& root) {
  FoundDataset found;
  for (const auto& folder : list_folders(root)) {
    Piece piece;
    piece.name = folder.filename().string();
    for (const auto& path : list_audio(folder)) {
      if (path.stem() == "mix") {
        piece.mixture = path;
      } else if (path.stem() == "cello") {
        add_part(piece, "cello", path);
      } else {
        piece.parts.push_back({"", "violin", {{path, options.gain}}});  // in any order
      }
    }
    if (!piece.parts.empty()) piece.parts.back().files.back().start = options.delay;
    found.pieces.insert(found.pieces.begin(), piece);  // the last first
  }
  return found;
}

void register_desks() {
  if (layouts().contains("desks")) return;
  layouts().add<DeskOptions>("desks", "a folder a piece, a file a desk", find_desks);
}

struct Nothing {
  template <class Archive>
  void visit(Archive& /*archive*/) {}
};

/// `layout: desks` and what stands beside it.
DataOptions read_options(const std::string& text) {
  return parse_config<DataOptions>(text, "c.yaml");
}

void write_desks(const fs::path& root) {
  for (const char* piece : {"b", "a"}) {
    write_tone(root / piece / "cello.wav", 100, 44100, 1000);
    write_tone(root / piece / "desk-1.wav", 100, 44100, 2000);
    write_tone(root / piece / "desk-2.wav", 100, 44100, 4000);
  }
}

std::string fault_of(const fs::path& root, const DataOptions& options) {
  try {
    open_dataset(root, options);
  } catch (const ErrorList& error) {
    const auto& faults = error.faults();
    return faults.size() == 1 ? faults.front().substr(root.string().size()) : error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("layouts have names", "[data][layouts]") {
  for (const char* name : {"auto", "bach10", "stem_folder"}) {
    CHECK(layouts().contains(name));
    CHECK_FALSE(layouts().meaning(name).empty());
  }
  CHECK(read_options("").layout.type() == "auto");
  CHECK(read_options("layout: stem_folder").layout.type() == "stem_folder");
  CHECK(write_config(DataOptions()) ==
        "path: \"\"\nlayout: auto\nsample_rate: 0\nmissing_stems: refuse\nlengths: "
        "refuse\nmap: {}\nothers: "
        "keep\nweight: 0\nalso: "
        "[]\n");
  CHECK(message_of([] {
          read_options("layout: stem_folders");
        }).find("c.yaml:1: layout = stem_folders: no layout; did you mean stem_folder?") ==
        0);
  CHECK_THROWS_AS(open_dataset(".", "stem_folders"), Error);
}

TEST_CASE("a program's own layout is read as ours are", "[data][layouts]") {
  register_desks();
  const TemporaryFolder folder;
  write_desks(folder.path());
  const auto options = read_options("layout: desks\ngain: 0.25\n");
  const auto dataset = open_dataset(folder.path(), options);
  REQUIRE(dataset.pieces.size() == 2);
  CHECK(dataset.pieces[0].name == "a");
  CHECK(dataset.instruments == Lines{"cello", "violin"});
  const Piece& piece = dataset.pieces[0];
  CHECK(has_part(piece, "violin"));
  CHECK(path_of(piece, "violin-2").filename() == "desk-2.wav");
  CHECK(piece.num_samples == 100);
  CHECK(load_stem(piece, "violin").samples[0] == 0.25F * 6000.0F / 32768.0F);
  CHECK(load_piece(piece).mixture.samples[0] == 2500.0F / 32768.0F);
  CHECK(message_of([] { read_options("layout: desks\ndely: 3\n"); }) ==
        "c.yaml:2: dely is no setting; did you mean delay?");
  CHECK(message_of([] { read_options("layout: bach10\ndelay: 3\n"); }) ==
        "c.yaml:2: delay is a key of desks, not of bach10");
}

TEST_CASE("parts that begin late end with the piece", "[data][layouts]") {
  register_desks();
  const TemporaryFolder folder;
  write_desks(folder.path());
  const auto late = read_options("layout: desks\ndelay: 30\n");
  const auto dataset = open_dataset(folder.path(), late);
  const Piece& piece = dataset.pieces[0];
  CHECK(piece.num_samples == 130);  // without a mixture: where the last file ends
  const auto desk = load_part(piece, "violin-2");
  CHECK(desk.samples[29] == 0.0F);
  CHECK(desk.samples[30] == 2000.0F / 32768.0F);
  CHECK(load_part(piece, "cello").samples[100] == 0.0F);
  for (const char* name : {"a", "b"}) write_tone(folder / name / "mix.wav", 140);
  CHECK(open_dataset(folder.path(), late).pieces[0].num_samples == 140);
}

TEST_CASE("files outside of their piece are faults", "[data][layouts][failure]") {
  register_desks();
  const TemporaryFolder folder;
  write_desks(folder.path());
  fs::remove_all(folder / "b");
  write_tone(folder / "a" / "mix.wav", 120);
  const auto fault = [&](const std::string& text) {
    return fault_of(folder.path(), read_options("layout: desks\n" + text));
  };
  CHECK(fault("delay: 20").empty());
  CHECK(fault("delay: 21") == "/a/desk-2.wav: ends at 121, the mixture has 120 samples");
  CHECK(fault("delay: 120") ==
        "/a/desk-2.wav: lies from 120 to 220, wholly outside of the piece's 120 samples");
  CHECK(fault("delay: -99").empty());
  CHECK(fault("delay: -100") ==
        "/a/desk-2.wav: lies from -100 to 0, wholly outside of the piece's 120 samples");
  CHECK(fault("delay: 9000000000000000000")
            .find("a/desk-2.wav: start 9000000000000000000: wants at most 2^40") !=
        std::string::npos);
}

TEST_CASE("what a layout finds is put in order, or refused", "[data][layouts][failure]") {
  static FoundDataset found;
  if (!layouts().contains("given")) {
    layouts().add<Nothing>(
        "given", "", [](const Nothing&, const fs::path&) { return found; });
  }
  const TemporaryFolder folder;
  const auto root = folder.path();
  write_tone(folder / "x.wav");
  const auto open = [&] { return message_of([&] { open_dataset(root, "given"); }); };
  found = {};
  CHECK(open() == root.string() + ": no piece found");
  const auto piece_of = [&](const std::string& name, const std::vector<Part>& parts) {
    Piece piece;
    piece.name = name;
    piece.parts = parts;
    return piece;
  };
  const PartFile file{folder / "x.wav"};
  found.pieces = {piece_of("p", {{"", "v", {file}}, {"v", "w", {file}}})};
  CHECK(open().empty());
  const auto piece = open_dataset(root, "given").pieces[0];
  CHECK(part(piece, "v").instrument == "w");
  CHECK(part(piece, "v-2").instrument == "v");
  found.pieces = {
      piece_of("p", {{"v", "v", {file}}, {"v", "w", {file}}, {"", "c", {file}}})};
  CHECK(open() == root.string() + ": two parts of p are called v");
  found.pieces = {piece_of("p", {{"v", "v", {file}}, {"c", "c", {}}})};
  CHECK(open() == root.string() + ": part c of p has no file");
  found.pieces = {piece_of("p", {{"v", "v", {file}}, {"a/b", "c", {file}}})};
  CHECK(open().find("x.wav: wants another name of the instrument, found") !=
        std::string::npos);
  const std::vector<Part> sound = {{"", "v", {file}}, {"", "c", {file}}};
  found.pieces = {piece_of("p", sound), piece_of("q", sound), piece_of("p", sound)};
  CHECK(open() == root.string() + ": two pieces are called p");
  found.pieces = {piece_of("p", sound), piece_of("q", {{"", "v", {file}}})};
  CHECK(open() == root.string() + "/q, c: missing; 1 of 2 pieces have c");
}
