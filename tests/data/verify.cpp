#include "libsep/data/verify.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>

#include "libsep/core/error.h"
#include "libsep/data/dataset.h"
#include "libsep/data/stem_survey.h"
#include "tests/support/audio_files.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"
#include "tests/support/pieces.h"
#include "tests/support/threads.h"
#include "tests/support/told_progress.h"

using namespace sep;
namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

namespace {

DatasetReport verify(const fs::path& root) {
  Progress silent;
  return verify_dataset(root, {}, silent);
}

bool has_line(const Lines& lines, const std::string& line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

const FileCheck& file_called(const DatasetReport& report, const std::string& name) {
  for (const auto& file : report.files) {
    if (file.path.filename() == name) return file;
  }
  throw std::runtime_error(name + " is not in the report");
}

}  // namespace

TEST_CASE("a sound dataset has a report without faults", "[data][verify]") {
  const TemporaryFolder folder;
  write_bach10_piece(folder.path(), "a", 100, 10);
  write_bach10_piece(folder.path(), "b", 200, 10);
  const DatasetReport report = verify(folder.path());
  CHECK(report.ok());
  CHECK(report.remarks.empty());
  REQUIRE(report.files.size() == 10);
  REQUIRE(report.pieces.size() == 2);
  const FileCheck& violin = file_called(report, "a-violin.wav");
  CHECK(violin.piece == "a");
  CHECK(violin.stem == "violin");
  CHECK(violin.num_samples == 100);
  CHECK(violin.sample_rate == 10);
  CHECK(violin.num_clipped == 0);
  CHECK(violin.peak == Approx(4000.0 / 32768.0));
  CHECK(violin.rms_db == Approx(20.0 * std::log10(4000.0 / 32768.0)));
  CHECK_FALSE(violin.silent);
  CHECK(file_called(report, "b.wav").stem == "mixture");
  CHECK(report.pieces[1].seconds == 20.0);
  CHECK(report.pieces[1].sum_peak == Approx(10000.0 / 32768.0));
  CHECK(report.pieces[1].residual_db == -std::numeric_limits<double>::infinity());
  CHECK(report.lines() ==
        Lines{"a: 10.00 s, stems add up to the mixture exactly",
              "b: 20.00 s, stems add up to the mixture exactly",
              "2 pieces, 0:30, 10 Hz, violin bassoon clarinet saxphone: no faults"});
}

TEST_CASE("all of open_dataset()'s faults are in the report", "[data][verify]") {
  const TemporaryFolder folder;
  for (const char* name : {"a", "b", "c"}) write_bach10_piece(folder.path(), name);
  fs::remove(folder / "a" / "a-violin.wav");
  write_tone(folder / "a" / "a-clarinet.wav", 100, 48000);
  write_tone(folder / "b" / "b-bassoon.wav", 99, 44100, 1000);
  write_text(folder / "b" / "b-saxphone.wav");
  const DatasetReport report = verify(folder.path());
  CHECK_FALSE(report.ok());
  CHECK(report.faults.size() == 4);
  try {
    open_dataset(folder.path());
    FAIL("no fault found");
  } catch (const ErrorList& error) {
    CHECK(report.faults == error.faults());
  }
  CHECK(report.files.size() == 13);  // of 15, one absent, one no audio
  CHECK_FALSE(report.pieces[0].residual_db.has_value());
  CHECK_FALSE(report.pieces[1].residual_db.has_value());
  CHECK(report.pieces[2].residual_db.has_value());
  const Lines lines = report.lines();
  CHECK(has_line(lines,
                 "fault: " + (folder / "a" / "a-violin.wav").string() +
                     ": missing; 2 of 3 pieces have violin"));
  CHECK(lines.back().find(": 4 faults") != std::string::npos);
}

TEST_CASE("a file that ends early is found", "[data][verify]") {
  const TemporaryFolder folder;
  write_bach10_piece(folder.path(), "a", 1000);
  const fs::path path = folder / "a" / "a-violin.flac";
  fs::remove(folder / "a" / "a-violin.wav");
  write_tone(path, 1000, 44100, 4000);
  REQUIRE(verify(folder.path()).ok());
  fs::resize_file(path, fs::file_size(path) - 20);
  REQUIRE(faults_of(folder.path()).empty());  // its header is sound
  const DatasetReport report = verify(folder.path());
  REQUIRE(report.faults.size() == 1);
  CHECK(report.faults[0].rfind(path.string(), 0) == 0);
  CHECK_FALSE(report.pieces[0].residual_db.has_value());
}

// The stems 1000, 2000, 3000 and 4000 and their sum 10000 are square waves in phase.
TEST_CASE("stems that miss their mixture are a fault", "[data][verify]") {
  const TemporaryFolder folder;
  write_bach10_piece(folder.path(), "a");
  write_tone(folder / "a" / "a.wav", 100, 44100, 9900);
  DatasetReport report = verify(folder.path());
  CHECK(*report.pieces[0].residual_db == Approx(20.0 * std::log10(100.0 / 9900.0)));
  CHECK(*report.pieces[0].residual_db == Approx(-39.9).margin(0.05));
  CHECK(report.faults == Lines{(folder / "a" / "a.wav").string() +
                               ": the stems miss it by -39.9 dB, wants -40 dB or less"});
  write_tone(folder / "a" / "a.wav", 100, 44100, 9901);
  report = verify(folder.path());
  CHECK(*report.pieces[0].residual_db < -40.0);
  CHECK(report.ok());
  CHECK(has_line(report.lines(), "a: 0.00 s, stems add up to the mixture to -40.0 dB"));
  write_tone(folder / "a" / "a.wav", 100, 44100, 0);
  report = verify(folder.path());
  CHECK(*report.pieces[0].residual_db == std::numeric_limits<double>::infinity());
  CHECK_FALSE(report.ok());
}

TEST_CASE("clipping and silence are remarks", "[data][verify]") {
  const TemporaryFolder folder;
  write_bach10_piece(folder.path(), "a");
  write_tone(folder / "a" / "a-violin.wav", 100, 44100, 32767);
  write_tone(folder / "a" / "a-bassoon.wav", 100, 44100, 0);
  write_tone(folder / "a" / "a.wav", 100, 44100, 40000);  // written clipped
  const DatasetReport report = verify(folder.path());
  CHECK(report.ok());
  const FileCheck& violin = file_called(report, "a-violin.wav");
  CHECK(violin.num_clipped == 100);
  CHECK(violin.peak == Approx(32767.0 / 32768.0));
  CHECK(file_called(report, "a.wav").num_clipped == 100);
  CHECK(file_called(report, "a.wav").peak == 1.0);
  const FileCheck& bassoon = file_called(report, "a-bassoon.wav");
  CHECK(bassoon.silent);
  CHECK(bassoon.rms_db == -std::numeric_limits<double>::infinity());
  CHECK(report.pieces[0].num_over == 100);
  CHECK(report.pieces[0].sum_peak == Approx((32767.0 + 2000.0 + 3000.0) / 32768.0));
  CHECK(report.remarks ==
        Lines{(folder / "a" / "a-bassoon.wav").string() + ": silent",
              (folder / "a" / "a-violin.wav").string() + ": 100 samples at full scale",
              (folder / "a" / "a.wav").string() + ": 100 samples at full scale"});
}

TEST_CASE("remarks on stems are those of the report", "[data][verify]") {
  const Threads threads(3);
  const TemporaryFolder folder;
  for (const char* piece : {"a", "b", "c"}) write_bach10_piece(folder.path(), piece);
  const auto remarks = [&](int64_t num_threads) {
    const auto dataset = open_dataset(folder.path());
    StemStore stems(dataset);
    return survey_stems(stems, num_threads, Progress()).remarks;
  };
  CHECK(remarks(1).empty());
  write_tone(folder / "b" / "b-violin.wav", 100, 44100, 32767);
  write_tone(folder / "c" / "c-bassoon.wav", 100, 44100, 0);
  write_tone(folder / "a" / "a.wav", 100, 44100, 40000);  // no stem
  CHECK(remarks(GENERATE(1, 3)) ==
        Lines{(folder / "b" / "b-violin.wav").string() + ": 100 samples at full scale",
              (folder / "c" / "c-bassoon.wav").string() + ": silent"});
}

TEST_CASE("a stem that is the sum of the others is named", "[data][verify]") {
  const TemporaryFolder folder;
  write_bach10_piece(folder.path(), "a");
  fs::rename(folder / "a" / "a.wav", folder / "a" / "a-master.wav");
  const auto remark = (folder / "a" / "a-master.wav").string() +
                      ": the sum of the other stems, and counted as an instrument; a "
                      "mixture's name ends in mix or mixture";
  const auto report = verify(folder.path());
  CHECK(report.ok());
  CHECK(report.remarks == Lines{remark});
  StemStore stems(report.dataset);
  CHECK(survey_stems(stems, 1, Progress()).remarks == Lines{remark});

  // A sum above full scale is clipped in its file; three of the stems are no sum of four.
  write_tone(folder / "a" / "a-violin.wav", 100, 44100, 31000);
  write_tone(folder / "a" / "a-master.wav", 100, 44100, 37000);
  CHECK(has_line(verify(folder.path()).remarks, remark));
  write_tone(folder / "a" / "a-violin.wav", 100, 44100, 4000);
  write_tone(folder / "a" / "a-master.wav", 100, 44100, 6000);
  CHECK(verify(folder.path()).remarks.empty());

  // Two stems that are alike are each the other: nothing tells a mixture.
  const TemporaryFolder two;
  write_tone(two / "a" / "a-violin.wav");
  write_tone(two / "a" / "a-oboe.wav");
  CHECK(verify(two.path()).remarks.empty());
}

TEST_CASE("without a mixture there is nothing to add up to", "[data][verify]") {
  const TemporaryFolder folder;
  write_bach10_piece(folder.path(), "a");
  fs::remove(folder / "a" / "a.wav");
  const DatasetReport report = verify(folder.path());
  CHECK(report.ok());
  CHECK(report.files.size() == 4);
  CHECK_FALSE(report.pieces[0].residual_db.has_value());
  CHECK(report.pieces[0].sum_peak == Approx(10000.0 / 32768.0));
  CHECK(
      has_line(report.lines(),
               "note: 1 mixture is missing: made as the sum of the stems, clipped to full "
               "scale"));
}

TEST_CASE("a folder that is none is refused", "[data][verify]") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(verify(folder / "absent"), Error);
  CHECK(message_of([&] { verify(folder.path()); }).find("no piece found") !=
        std::string::npos);
}

TEST_CASE("verifying can be stopped", "[data][verify]") {
  const TemporaryFolder folder;
  write_bach10_piece(folder.path(), "a", 100, 10);
  write_bach10_piece(folder.path(), "b", 100, 10);
  ToldProgress told(1);
  CHECK_THROWS_AS(verify_dataset(folder.path(), {}, told), Interrupted);
}

TEST_CASE("synthetic pieces pass", "[data][verify]") {
  const TemporaryFolder folder;
  write_pieces(folder.path(), 3, 2.0, 16000);
  const DatasetReport report = verify(folder.path());
  CHECK(report.ok());
  for (const auto& piece : report.pieces) CHECK(*piece.residual_db < -100.0);
}

// The facts of the published experiment about its data (docs/protocol.md).
TEST_CASE("the real Bach10 is what it is said to be", "[data][verify]") {
  const fs::path root = bach10_root();
  if (root.empty()) SEP_SKIP("Bach10 is not there");
  const DatasetReport report = verify(root);
  CHECK(report.ok());
  REQUIRE(report.pieces.size() == 10);
  REQUIRE(report.files.size() == 50);
  const std::map<std::string, int64_t> over = {
      {"01", 1}, {"02", 2}, {"04", 42}, {"06", 1}, {"08", 11}, {"09", 4}};
  double shortest = 1e9;
  double longest = 0.0;
  for (const auto& piece : report.pieces) {
    CAPTURE(piece.piece);
    const auto expected = over.find(piece.piece.substr(0, 2));
    CHECK(piece.num_over == (expected == over.end() ? 0 : expected->second));
    CHECK((piece.sum_peak > 1.0) == (expected != over.end()));
    CHECK(*piece.residual_db < -79.0);
    shortest = std::min(shortest, piece.seconds);
    longest = std::max(longest, piece.seconds);
  }
  CHECK(report.pieces[3].sum_peak == Approx(1.163).margin(0.0005));
  CHECK(shortest == Approx(25.23).margin(0.005));
  CHECK(longest == Approx(41.67).margin(0.005));
  for (const auto& file : report.files) {
    CAPTURE(file.path.string());
    CHECK_FALSE(file.silent);
    if (file.stem == "mixture") continue;
    CHECK(file.rms_db == Approx(-20.9).margin(0.05));
    CHECK(file.num_clipped == 0);
  }
}
