#include <algorithm>
#include <filesystem>

#include "libsep/core/error.h"
#include "libsep/data/dataset.h"
#include "libsep/data/layout.h"
#include "libsep/data/verify.h"
#include "tests/support/audio_files.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace sep;
namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

namespace {

constexpr int64_t kRate = 8000;

/// Stems, and where `mixture` is given their sum.
void write_piece(const fs::path& folder,
                 const std::vector<std::string>& files,
                 const std::string& mixture = "") {
  int value = 0, sum = 0;
  for (const auto& file : files) {
    sum += value += 500;
    write_tone(folder / file, 100, kRate, value);
  }
  if (!mixture.empty()) write_tone(folder / mixture, 100, kRate, sum);
}

DataOptions options_of(const std::string& text) {
  return parse_config<DataOptions>(text, "c.yaml");
}

/// "piece [split] id=instrument:file …, mixture", a line a piece.
Lines listing(const fs::path& root, const std::string& text) {
  Lines lines;
  for (const auto& piece : open_dataset(root, options_of(text)).pieces) {
    std::string line = piece.name + " [" + piece.split + "]";
    for (const auto& part : piece.parts) {
      line += fmt::format(
          " {}={}:{}", part.id, part.instrument, part.files[0].path.filename().string());
    }
    if (!piece.mixture.empty()) line += " + " + piece.mixture.filename().string();
    lines.push_back(line);
  }
  return lines;
}

/// Whether all audio is there and adds up.
bool is_sound(const fs::path& root, const std::string& text) {
  Progress progress;
  return verify_dataset(root, options_of(text), progress).ok();
}

}  // namespace

TEST_CASE("a folder of songs", "[data][downloads]") {
  const TemporaryFolder folder;
  const Lines files = {"drums.wav", "bass.wav", "other.wav", "vocals.wav"};
  write_piece(folder / "train" / "A - One", files, "mixture.wav");
  write_piece(folder / "test" / "B - Two", files, "mixture.wav");
  write_piece(folder / "test" / "C - Three",
              {"drums.WAV", "bass.FLAC", "other.wav", "vocals.wav"});
  write_text(folder / "test" / "C - Three" / "._drums.wav");
  fs::create_directories(folder / "validation");
  const std::string layout = "layout: song_folder\n";
  CHECK(listing(folder.path(), layout) ==
        Lines{"A - One [train] bass=bass:bass.wav drums=drums:drums.wav "
              "other=other:other.wav vocals=vocals:vocals.wav + mixture.wav",
              "B - Two [test] bass=bass:bass.wav drums=drums:drums.wav "
              "other=other:other.wav vocals=vocals:vocals.wav + mixture.wav",
              "C - Three [test] bass=bass:bass.FLAC drums=drums:drums.WAV "
              "other=other:other.wav vocals=vocals:vocals.wav"});
  CHECK(is_sound(folder.path(), layout));
  fs::remove(folder / "test" / "B - Two" / "bass.wav");
  CHECK(faults_of(folder.path(), "song_folder") ==
        Lines{"B - Two/bass.wav: missing; 2 of 3 pieces have bass"});
}

TEST_CASE("songs with other instruments each", "[data][downloads]") {
  const TemporaryFolder folder;
  write_piece(folder / "mozart", {"clarinet.wav", "viola.wav", "piano.wav"}, "mix.wav");
  write_piece(folder / "train", {"piano.wav", "violin.wav"});  // a piece that is called so
  const std::string layout = "layout: song_folder\nmissing_stems: allow\n";
  CHECK(listing(folder.path(), layout) ==
        Lines{"mozart [] clarinet=clarinet:clarinet.wav piano=piano:piano.wav "
              "viola=viola:viola.wav + mix.wav",
              "train [] piano=piano:piano.wav violin=violin:violin.wav"});
}

TEST_CASE("URMP", "[data][downloads]") {
  const TemporaryFolder folder;
  write_piece(folder / "01_Jupiter_vn_vc",
              {"AuSep_1_vn_01_Jupiter.wav", "AuSep_2_vc_01_Jupiter.wav"},
              "AuMix_01_Jupiter.wav");
  write_piece(folder / "02_Sonata_vn_vn",
              {"AuSep_1_vn_02_Sonata.wav", "AuSep_2_vn_02_Sonata.wav"},
              "AuMix_02_Sonata.wav");
  write_text(folder / "02_Sonata_vn_vn" / "Notes_1_vn_02_Sonata.txt");
  write_text(folder / "02_Sonata_vn_vn" / "._AuSep_1_vn_02_Sonata.wav");
  write_tone(folder / "Supplementary_Files" / "noise.wav");
  CHECK(listing(folder.path(), "layout: urmp\n") ==
        Lines{"01_Jupiter_vn_vc [] vc=vc:AuSep_2_vc_01_Jupiter.wav "
              "vn=vn:AuSep_1_vn_01_Jupiter.wav + AuMix_01_Jupiter.wav",
              "02_Sonata_vn_vn [] vn=vn:AuSep_1_vn_02_Sonata.wav "
              "vn-2=vn:AuSep_2_vn_02_Sonata.wav + AuMix_02_Sonata.wav"});
  CHECK(listing(folder.path(), "layout: urmp\nmap: {vn: violin}\n")[1] ==
        "02_Sonata_vn_vn [] violin=violin:AuSep_1_vn_02_Sonata.wav "
        "violin-2=violin:AuSep_2_vn_02_Sonata.wav + AuMix_02_Sonata.wav");
  CHECK(is_sound(folder.path(), "layout: urmp\n"));
}

TEST_CASE("CocoChorales", "[data][downloads]") {
  const TemporaryFolder folder;
  const Lines strings = {
      "0_violin.wav", "1_violin.wav", "2_viola.wav", "3_double bass.wav"};
  for (const char* track : {"string_track000001",
                            "string_track192000",
                            "string_track192001",
                            "string_track216000",
                            "random_track216001"}) {
    write_piece(folder / track / "stems_audio", strings, "../mix.wav");
    write_text(folder / track / "metadata.yaml");
    write_text(folder / track / "stems_midi" / "0_violin.mid");
  }
  write_tone(folder / "other" / "x.wav");
  const auto lines = listing(folder.path(), "layout: cocochorales\n");
  REQUIRE(lines.size() == 5);
  CHECK(lines[0] ==
        "random_track216001 [test] double bass=double bass:3_double bass.wav "
        "viola=viola:2_viola.wav violin=violin:0_violin.wav violin-2=violin:1_violin.wav + "
        "mix.wav");
  CHECK(lines[1].find("string_track000001 [train]") == 0);
  CHECK(lines[2].find("string_track192000 [train]") == 0);
  CHECK(lines[3].find("string_track192001 [validation]") == 0);
  CHECK(lines[4].find("string_track216000 [validation]") == 0);
  CHECK(is_sound(folder.path(), "layout: cocochorales\n"));
}

TEST_CASE("EnsembleSet and SynthSOD", "[data][downloads]") {
  const TemporaryFolder folder;
  for (const char* microphone : {"Mix_1", "Tree", "Close"}) {
    write_piece(folder / "Octet" / microphone,
                {"Violin_1.flac", "Violin_2.flac", "Bass.flac", "Bassoon.flac"});
    write_piece(folder / "Duo" / microphone, {"Flute.flac", "Oboe.flac"});
  }
  const Lines wanted = {"Duo [] Flute=Flute:Flute.flac Oboe=Oboe:Oboe.flac",
                        "Octet [] Bass=Bass:Bass.flac Bassoon=Bassoon:Bassoon.flac "
                        "Violin_1=Violin:Violin_1.flac Violin_2=Violin:Violin_2.flac"};
  CHECK(listing(folder.path(), "layout: ensembleset\n") == wanted);
  CHECK(listing(folder.path(), "layout: synthsod\n") == wanted);
  const auto close =
      open_dataset(folder.path(), options_of("layout: ensembleset\nmicrophone: Close\n"));
  CHECK(part(close.pieces[0], "Oboe").files[0].path.parent_path().filename() == "Close");
  fs::remove_all(folder / "Duo" / "Mix_1");
  CHECK(faults_of(folder.path(), "ensembleset") ==
        Lines{"Duo: no microphone Mix_1, there is Close, …"});
}

TEST_CASE("PHENICX-Anechoic", "[data][downloads]") {
  const TemporaryFolder folder;
  const auto audio = folder / "audio";
  write_piece(audio / "beethoven", {"violin1.wav", "violin2.wav", "horn1.wav"});
  write_tone(audio / "beethoven" / "doublebass.wav", 80, kRate);
  write_piece(audio / "mozart", {"violin1.wav", "soprano.wav"});
  write_text(folder / "annotations" / "beethoven" / "violin.txt");
  const std::string layout = "layout: phenicx\n";
  CHECK(message_of([&] {
          listing(folder.path(), layout);
        }).find("doublebass.wav: 80 samples, horn1.wav has 100") != std::string::npos);
  const Lines wanted = {
      "beethoven [] doublebass=doublebass:doublebass.wav horn1=horn:horn1.wav "
      "violin1=violin:violin1.wav violin2=violin:violin2.wav",
      "mozart [] soprano=soprano:soprano.wav violin1=violin:violin1.wav"};
  CHECK(listing(folder.path(), layout + "lengths: pad\n") == wanted);
  CHECK(listing(audio, layout + "lengths: pad\n") == wanted);
  const auto padded = open_dataset(folder.path(), options_of(layout + "lengths: pad\n"));
  CHECK(padded.pieces[0].num_samples == 100);
  const auto bass = load_stem(padded.pieces[0], "doublebass");
  CHECK(bass.samples[79] != 0.0F);
  CHECK(bass.samples[80] == 0.0F);
  CHECK(std::find(padded.notes.begin(),
                  padded.notes.end(),
                  "files of 1 piece differ in length, by at most 0.003 s: all are followed "
                  "by zeros up to the longest") != padded.notes.end());
  const auto cut = open_dataset(folder.path(), options_of(layout + "lengths: trim\n"));
  CHECK(cut.pieces[0].num_samples == 80);
  CHECK(load_piece(cut.pieces[0]).mixture.num_samples() == 80);
  CHECK(cut.pieces[1].num_samples == 100);
}

TEST_CASE("layouts say what they want", "[data][downloads][failure]") {
  const TemporaryFolder folder;
  write_text(folder / "a" / "b.txt");
  for (const char* name :
       {"song_folder", "urmp", "cocochorales", "ensembleset", "synthsod", "phenicx"}) {
    CAPTURE(name);
    CHECK(message_of([&] {
            open_dataset(folder.path(), name);
          }).find(folder.path().string() + ": no piece found: wants ") == 0);
  }
}
