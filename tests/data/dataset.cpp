#include "libsep/data/dataset.h"

#include <filesystem>

#include "libsep/data/bach10.h"
#include "tests/support/audio_files.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace sep;
namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

namespace {

void write_three_pieces(const fs::path& root) {
  for (const char* name : {"03-C", "01-A", "02-B"}) write_bach10_piece(root, name);
}

Lines names_of(const Dataset& dataset) {
  Lines names;
  for (const auto& piece : dataset.pieces) names.push_back(piece.name);
  return names;
}

}  // namespace

TEST_CASE("Bach10's layout is read", "[data][dataset]") {
  const TemporaryFolder folder;
  write_three_pieces(folder.path());
  const Dataset dataset = open_dataset(folder.path());
  CHECK(dataset.root == folder.path());
  CHECK(dataset.sample_rate == 44100);
  CHECK(dataset.notes.empty());
  CHECK(names_of(dataset) == Lines{"01-A", "02-B", "03-C"});
  CHECK(dataset.instruments == Lines{"violin", "bassoon", "clarinet", "saxphone"});
  const Piece& piece = dataset.pieces[1];
  CHECK(piece.num_samples == 100);
  CHECK(piece.sample_rate == 44100);
  CHECK(piece.mixture == folder / "02-B" / "02-B.wav");
  REQUIRE(piece.parts.size() == 4);
  CHECK(path_of(piece, "violin") == folder / "02-B" / "02-B-violin.wav");
  CHECK(dataset.piece_index("03-C") == 2);
  CHECK(message_of([&] { (void)dataset.piece_index("04-D"); }) ==
        folder.path().string() + ": no piece is called 04-D");
}

TEST_CASE("a folder of a folder a stem is read", "[data][dataset]") {
  const TemporaryFolder folder;
  const std::string mixture = GENERATE("mix", "mixture");
  for (const char* piece : {"two.wav", "one.wav"}) {
    for (const std::string& stem : {std::string("viola"), std::string("cello"), mixture}) {
      write_tone(folder.path() / stem / piece);
    }
  }
  const Dataset dataset = open_dataset(folder.path());
  CHECK(names_of(dataset) == Lines{"one", "two"});
  CHECK(dataset.instruments == Lines{"cello", "viola"});
  CHECK(dataset.pieces[0].mixture == folder.path() / mixture / "one.wav");
  CHECK(path_of(dataset.pieces[0], "cello") == folder / "cello" / "one.wav");
  CHECK(dataset.notes.empty());
}

TEST_CASE("Bach10's instruments keep the order of the tables in stem folders",
          "[data][dataset]") {
  const TemporaryFolder folder;
  for (const char* stem : {"bassoon", "clarinet", "saxophone", "violin"}) {
    write_tone(folder / stem / "one.wav");
  }
  const Dataset dataset = open_dataset(folder.path(), "stem_folder");
  CHECK(dataset.instruments == bach10_instruments());
  CHECK(path_of(dataset.pieces[0], "saxphone") == folder / "saxophone" / "one.wav");
}

TEST_CASE("other instruments are sorted by name", "[data][dataset]") {
  const TemporaryFolder folder;
  for (const char* stem : {"violin", "tuba", "bassoon"}) {
    write_tone(folder / "a" / (std::string("a-") + stem + ".wav"));
  }
  CHECK(open_dataset(folder.path()).instruments == Lines{"bassoon", "tuba", "violin"});
}

TEST_CASE("stray files are ignored", "[data][dataset]") {
  const TemporaryFolder folder;
  write_three_pieces(folder.path());
  for (const char* name : {"desktop.ini",
                           "01-A.mid",
                           "01-A-GTNotes.mat",
                           "01-A.txt",
                           "._01-A-violin.wav",
                           ".01-A-viola.wav",
                           "click track.wav"}) {
    write_text(folder / "01-A" / name);
  }
  write_text(folder / "readme.wav");
  write_text(folder / "notes" / "readme.txt");
  write_text(folder / ".hidden" / ".hidden-violin.wav");
  fs::create_directories(folder / "empty");
  fs::create_directories(folder / "01-A" / "01-A-viola.wav");
  CHECK(faults_of(folder.path()).empty());
  CHECK(open_dataset(folder.path(), "bach10").pieces.size() == 3);
}

TEST_CASE("names may have blanks and letters of any script", "[data][dataset]") {
  const TemporaryFolder folder;
  const std::string name = "Für Deinen Thron – 第一";
  write_bach10_piece(folder / "a folder", name);
  write_bach10_piece(folder / "a folder", "b");
  const Dataset dataset = open_dataset(folder / "a folder");
  CHECK(dataset.piece_index(name) == 0);
  CHECK(load_piece(dataset.pieces[0]).stems.size() == 4);
}

TEST_CASE("linked folders and files, FLAC and capitals are taken", "[data][dataset]") {
  const TemporaryFolder folder;
  write_bach10_piece(folder / "elsewhere", "01-A");
  write_bach10_piece(folder / "data", "02-B");
  fs::create_directory_symlink(folder / "elsewhere" / "01-A", folder / "data" / "01-A");
  const fs::path stem = folder / "data" / "02-B" / "02-B-violin";
  fs::rename(stem.string() + ".wav", stem.string() + ".WAV");
  const fs::path other = folder / "data" / "02-B" / "02-B-bassoon";
  fs::remove(other.string() + ".wav");
  write_tone(other.string() + ".flac");
  const Dataset dataset = open_dataset(folder / "data");
  CHECK(names_of(dataset) == Lines{"01-A", "02-B"});
  CHECK(path_of(dataset.pieces[1], "violin").extension() == ".WAV");
  CHECK(path_of(dataset.pieces[1], "bassoon").extension() == ".flac");
}

TEST_CASE("saxophone is saxphone", "[data][dataset]") {
  CHECK(canonical_stem_name("saxophone") == "saxphone");
  CHECK(canonical_stem_name("saxphone") == "saxphone");
  CHECK(canonical_stem_name("sax") == "sax");
  const TemporaryFolder folder;
  write_three_pieces(folder.path());
  fs::rename(folder / "02-B" / "02-B-saxphone.wav", folder / "02-B" / "02-B-saxophone.wav");
  const Dataset dataset = open_dataset(folder.path());
  CHECK(dataset.instruments == bach10_instruments());
  CHECK(path_of(dataset.pieces[1], "saxphone").filename() == "02-B-saxophone.wav");
}

TEST_CASE("missing mixtures are made, with a note", "[data][dataset]") {
  const TemporaryFolder folder;
  write_three_pieces(folder.path());
  fs::remove(folder / "02-B" / "02-B.wav");
  Dataset dataset = open_dataset(folder.path());
  CHECK(dataset.pieces[1].mixture.empty());
  CHECK(dataset.notes == Lines{"1 mixture is missing (02-B): made as the sum of the stems, "
                               "clipped to full scale"});
  fs::remove(folder / "01-A" / "01-A.wav");
  fs::remove(folder / "03-C" / "03-C.wav");
  CHECK(
      open_dataset(folder.path()).notes ==
      Lines{"3 mixtures are missing: made as the sum of the stems, clipped to full scale"});
}

TEST_CASE("a mixture may be called so", "[data][dataset]") {
  const TemporaryFolder folder;
  write_three_pieces(folder.path());
  fs::rename(folder / "02-B" / "02-B.wav", folder / "02-B" / "02-B-mix.wav");
  const Dataset dataset = open_dataset(folder.path());
  CHECK(dataset.pieces[1].mixture.filename() == "02-B-mix.wav");
  CHECK(dataset.instruments == bach10_instruments());
}

TEST_CASE("every fault is found and said", "[data][dataset]") {
  const TemporaryFolder folder;
  write_three_pieces(folder.path());
  fs::remove(folder / "01-A" / "01-A-violin.wav");
  write_tone(folder / "01-A" / "01-A-bassoon.wav", 109, 48000);
  write_tone(folder / "02-B" / "02-B-bassoon.wav", 101);
  write_tone(folder / "02-B" / "02-B-clarinet.wav", 100, 44100, 1000, 2);
  write_tone(folder / "02-B" / "02-B-violin.flac");
  write_tone(folder / "03-C" / "03-C-saxophone.wav");
  write_tone(folder / "04-D" / "04-E-violin.wav");
  CHECK(faults_of(folder.path()) ==
        Lines{"01-A/01-A-bassoon.wav: 48000 Hz, the dataset has 44100 Hz",
              "01-A/01-A-violin.wav: missing; 2 of 3 pieces have violin",
              "02-B/02-B-bassoon.wav: 101 samples, 02-B-clarinet.wav has 100",
              "02-B/02-B-clarinet.wav: 2 channels, wants 1 (mono)",
              "02-B/02-B-violin.wav: two files for stem violin, also 02-B/02-B-violin.flac",
              "03-C/03-C-saxphone.wav: two files for stem saxphone, also "
              "03-C/03-C-saxophone.wav",
              "04-D: wants 04-D-<instrument>.wav, found 04-E-violin.wav"});
}

TEST_CASE("every fault of stem folders is found and said", "[data][dataset]") {
  const TemporaryFolder folder;
  for (const char* stem : {"mix", "viola", "cello"}) {
    write_tone(folder / stem / "one.wav", 50);
    write_tone(folder / stem / "two.wav", 60);
  }
  write_tone(folder / "mix" / "three.wav");
  write_tone(folder / "mixture" / "one.wav", 50);
  write_tone(folder / "viola" / "two.wav", 61);
  CHECK(faults_of(folder.path()) ==
        Lines{"cello/three.wav: missing; 2 of 3 pieces have cello",
              "mixture/one.wav: two files for the mixture, also mix/one.wav",
              "viola/three.wav: missing; 2 of 3 pieces have viola",
              "viola/two.wav: 61 samples, two.wav has 60"});
}

TEST_CASE("a file that is no audio is a fault with its path", "[data][dataset]") {
  const TemporaryFolder folder;
  write_three_pieces(folder.path());
  write_text(folder / "01-A" / "01-A-violin.wav", "this is no audio");
  write_text(folder / "02-B" / "02-B.wav", "");
  const Lines faults = faults_of(folder.path());
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].rfind("01-A/01-A-violin.wav: ", 0) == 0);
  CHECK(faults[1].rfind("02-B/02-B.wav: ", 0) == 0);
}

TEST_CASE("the rate of most files is right, of equals the first", "[data][dataset]") {
  const TemporaryFolder folder;
  write_bach10_piece(folder.path(), "a", 100, 22050);
  write_bach10_piece(folder.path(), "b", 100, 16000);
  const Lines faults = faults_of(folder.path());
  REQUIRE(faults.size() == 5);
  CHECK(faults[0] == "b/b-bassoon.wav: 16000 Hz, the dataset has 22050 Hz");
  write_bach10_piece(folder.path(), "c", 100, 16000);
  REQUIRE(faults_of(folder.path()).size() == 5);
  CHECK(faults_of(folder.path())[0] ==
        "a/a-bassoon.wav: 22050 Hz, the dataset has 16000 Hz");
}

TEST_CASE("pieces may differ in length", "[data][dataset]") {
  const TemporaryFolder folder;
  write_bach10_piece(folder.path(), "a", 100);
  write_bach10_piece(folder.path(), "b", 200);
  const Dataset dataset = open_dataset(folder.path());
  CHECK(dataset.pieces[0].num_samples == 100);
  CHECK(dataset.pieces[1].num_samples == 200);
}

TEST_CASE("one instrument is too few, and so is none", "[data][dataset]") {
  const TemporaryFolder folder;
  write_tone(folder / "a" / "a.wav");
  REQUIRE(faults_of(folder.path()).size() == 1);
  CHECK(message_of([&] {
          open_dataset(folder.path());
        }).find(": wants stems of at least two instruments, found none") !=
        std::string::npos);
  write_tone(folder / "a" / "a-violin.wav");
  CHECK(message_of([&] {
          open_dataset(folder.path());
        }).find(": wants stems of at least two instruments, found violin") !=
        std::string::npos);
}

TEST_CASE("a folder without pieces is refused in one line", "[data][dataset]") {
  const TemporaryFolder folder;
  write_text(folder / "file");
  write_tone(folder / "x" / "y.wav");
  const std::string root = folder.path().string();
  for (const auto layout : {"auto", "bach10"}) {
    CHECK(message_of([&] {
            open_dataset(folder.path(), layout);
          }).rfind(root + ": no piece found: wants <piece>/<piece>-<instrument>.wav", 0) ==
          0);
  }
  CHECK(message_of([&] {
          open_dataset(folder.path(), "stem_folder");
        }).rfind(root + ": no piece found: wants equal file names", 0) == 0);
  for (const auto layout : {"auto", "bach10", "stem_folder"}) {
    CHECK(message_of([&] { open_dataset("", layout); }) == "no dataset folder was given");
    CHECK(message_of([&] { open_dataset(folder / "absent", layout); }) ==
          root + "/absent: no such folder");
    CHECK(message_of([&] { open_dataset(folder / "file", layout); }) ==
          root + "/file: wants a folder, found a file");
  }
}

TEST_CASE("a folder beside the dataset is told where the pieces are", "[data][dataset]") {
  const TemporaryFolder folder;
  const fs::path archive = folder / "archive";
  write_three_pieces(archive / "Bach10" / "v1");
  const auto ending_for = [&](const fs::path& root) {
    const std::string message = message_of([&] { open_dataset(root); });
    const auto at = message.rfind("; ");
    return at == std::string::npos ? "" : message.substr(at);
  };
  const std::string found = (archive / "Bach10" / "v1").string();
  CHECK(ending_for(archive / "Bach10") == "; found some in " + found);
  CHECK(ending_for(archive) == "; found some in " + found);
  CHECK(ending_for(folder.path()).empty());  // three folders up is too far
  CHECK(ending_for(archive / "Bach10" / "v1" / "01-A") ==
        "; found audio, but no folders of it");
  write_text(folder / "lossy" / "01-A" / "01-A-violin.MP3");
  CHECK(ending_for(folder / "lossy") == "; found audio that is neither .wav nor .flac");
  fs::create_directories(folder / "empty" / "01-A");
  CHECK(ending_for(folder / "empty").empty());
}

TEST_CASE("Bach10's layout read as stem folders is one error, not hundreds",
          "[data][dataset]") {
  const TemporaryFolder folder;
  write_three_pieces(folder.path());
  CHECK(message_of([&] {
          open_dataset(folder.path(), "stem_folder");
        }).find("no piece found") != std::string::npos);
}

TEST_CASE("paths stay as they were given", "[data][dataset]") {
  const TemporaryFolder folder;
  write_three_pieces(folder / "data");
  fs::remove(folder / "data" / "01-A" / "01-A-violin.wav");
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  const std::string from_name = message_of([] { open_dataset("data"); });
  const std::string from_slash = message_of([] { open_dataset("./data/"); });
  fs::current_path(before);
  CHECK(from_name == "data/01-A/01-A-violin.wav: missing; 2 of 3 pieces have violin");
  CHECK(from_slash == "./data/01-A/01-A-violin.wav: missing; 2 of 3 pieces have violin");
}

TEST_CASE("$BACH10_ROOT is the default folder", "[data][dataset]") {
  const char* given = std::getenv("BACH10_ROOT");
  const std::string before = given != nullptr ? given : "";
  ::setenv("BACH10_ROOT", "/some/where", 1);
  CHECK(default_dataset_root() == "/some/where");
  ::unsetenv("BACH10_ROOT");
  CHECK(default_dataset_root().empty());
  if (given != nullptr) ::setenv("BACH10_ROOT", before.c_str(), 1);
}

TEST_CASE("the real Bach10 opens without a fault", "[data][dataset]") {
  const fs::path root = bach10_root();
  if (root.empty()) SEP_SKIP("Bach10 is not there");
  const Dataset dataset = open_dataset(root);
  REQUIRE(dataset.pieces.size() == 10);
  CHECK(dataset.pieces.front().name == "01-AchGottundHerr");
  CHECK(dataset.pieces.back().name == "10-NunBitten");
  CHECK(dataset.instruments == bach10_instruments());
  CHECK(dataset.sample_rate == 44100);
  CHECK(dataset.notes.empty());
  CHECK(dataset.pieces.front().num_samples == 1112495);
}
