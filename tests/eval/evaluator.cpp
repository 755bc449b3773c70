#include "libsep/eval/evaluator.h"

#include <fstream>

#include "libsep/audio/file.h"
#include "libsep/core/error.h"
#include "libsep/eval/tables.h"
#include "tests/support/catch_torch.h"
#include "tests/support/paths.h"
#include "tests/support/pieces.h"
#include "tests/support/told_progress.h"

using namespace sep;

namespace {

struct Pieces {
  Pieces() { write_pieces(folder / "data", 2, 1.0); }
  TemporaryFolder folder;
};

const ScoreRow& find(const std::vector<ScoreRow>& rows,
                     const std::string& instrument,
                     const std::string& estimate) {
  for (const auto& row : rows) {
    if (row.instrument == instrument && row.estimate == estimate) return row;
  }
  throw std::runtime_error("no row " + instrument + " " + estimate);
}

}  // namespace

TEST_CASE("ideal masks score above doing nothing, in any number of threads", "[eval]") {
  const Pieces pieces;
  const auto dataset = open_dataset(pieces.folder / "data");
  const auto audio = load_piece(dataset.pieces[0]);
  EvaluationOptions options;
  options.ideal_masks = true;
  options.num_threads = 1;
  const auto rows =
      evaluate_piece({}, dataset.pieces[0], audio, dataset.instruments, nullptr, options);
  REQUIRE(rows.size() == 4 * 5);
  for (const auto& instrument : dataset.instruments) {
    const auto& nothing = find(rows, instrument, "mixture");
    CHECK(nothing.window_length == 0);
    for (const char* mask : {"ibm", "irm", "iam", "psm"}) {
      CHECK(find(rows, instrument, mask).scores.si_sdr > nothing.scores.si_sdr + 3.0);
      CHECK(find(rows, instrument, mask).window_length == 512);
    }
  }
  options.num_threads = 3;
  const auto again =
      evaluate_piece({}, dataset.pieces[0], audio, dataset.instruments, nullptr, options);
  CHECK(to_csv(scores_table(again)) == to_csv(scores_table(rows)));
}

TEST_CASE("anyone's estimates are found in three layouts", "[eval]") {
  const Pieces pieces;
  const auto dataset = open_dataset(pieces.folder / "data");
  const auto& name = dataset.pieces[0].name;
  const auto estimates = pieces.folder / "estimates";
  const std::string file = GENERATE_COPY(as<std::string>{},
                                         name + "/" + name + "-saxophone.wav",
                                         name + "/saxphone.flac",
                                         "saxphone/" + name + ".wav");
  INFO(file);
  std::filesystem::create_directories((estimates / file).parent_path());
  const auto audio = load_piece(dataset.pieces[0]);
  write_audio(estimates / file, audio.mixture, SampleFormat::kInt16);
  Progress silent;
  const auto rows = evaluate_folder({}, dataset, estimates, {}, silent).rows;
  REQUIRE(rows.size() == 1 + 2 * 4);  // one estimate, doing nothing for 2 pieces of 4
  // The estimate is the mixture, so it scores as doing nothing does.
  CHECK(find(rows, "saxphone", "model").scores.si_sdr ==
        find(rows, "saxphone", "mixture").scores.si_sdr);
}

TEST_CASE("a folder without estimates is an error", "[eval][failure]") {
  const Pieces pieces;
  const auto dataset = open_dataset(pieces.folder / "data");
  const auto estimates = pieces.folder / "estimates";
  Progress silent;
  CHECK_THROWS_AS(evaluate_folder({}, dataset, estimates, {}, silent), Error);
  std::filesystem::create_directories(estimates / "violin");
  CHECK_THROWS_AS(evaluate_folder({}, dataset, estimates, {}, silent), Error);
}

TEST_CASE("estimates that cannot be scored are rows and notes", "[eval][failure]") {
  const Pieces pieces;
  const auto dataset = open_dataset(pieces.folder / "data");
  const auto estimates = pieces.folder / "estimates";
  const auto path = [&](const char* instrument, size_t piece) {
    std::filesystem::create_directories(estimates / instrument);
    return estimates / instrument / (dataset.pieces[piece].name + ".wav");
  };
  const auto num_samples = dataset.pieces[0].num_samples;
  const auto write = [](const std::filesystem::path& file, const Signal& signal) {
    write_audio(file, signal, SampleFormat::kInt16);
  };
  write(path("violin", 0), make_silence(1, 100, 44100));
  write(path("clarinet", 0), make_silence(1, num_samples, 48000));
  write(path("saxphone", 0), make_silence(2, num_samples, 44100));
  std::ofstream(path("bassoon", 0)) << "no audio";
  write(path("bassoon", 1), load_piece(dataset.pieces[1]).mixture);
  ToldProgress told;
  ScoreRow label;
  label.model = "theirs";
  const auto scores = evaluate_folder(label, dataset, estimates, {}, told);
  for (const auto& instrument : dataset.instruments) {
    INFO(instrument);
    CHECK(find(scores.rows, instrument, "model").status == ScoreStatus::kFailed);
  }
  REQUIRE(scores.rows.size() == 5 + 2 * 4);  // estimates, doing nothing
  CHECK(scores.num_unreadable == 1);
  CHECK(told.count_notes({path("violin", 0).string(),
                          "of 44100 samples at 44100 Hz",
                          "found 1 channel of 100 samples"}) == 1);
  CHECK(told.count_notes({path("clarinet", 0).string(), "wants", "at 48000 Hz"}) == 1);
  CHECK(told.count_notes({path("saxphone", 0).string(), "found 2 channels"}) == 1);
  CHECK(told.count_notes({path("bassoon", 0).string(), "not an audio file"}) == 1);
  CHECK(told.count_notes({"no estimate of", dataset.pieces[1].name}) == 3);
  CHECK(told.notes.size() == 7);
  // Neither seed nor fold is known.
  const auto table = scores_table(scores.rows);
  CHECK(table.rows[0][table.column("seed")].empty());
  CHECK(table.rows[0][table.column("fold")].empty());
  const auto summary = summary_table(scores.rows);
  CHECK(summary.rows[0][summary.column("seed")].empty());
}

TEST_CASE("an instrument that a piece lacks has no row, and a note", "[eval]") {
  const Pieces pieces;
  auto dataset = open_dataset(pieces.folder / "data");
  auto& piece = dataset.pieces[0];
  piece.parts.erase(piece.parts.begin());  // bassoon
  dataset.pieces[1].parts.resize(1);       // bassoon alone
  const auto estimates = pieces.folder / "estimates";
  std::filesystem::create_directories(estimates / piece.name);
  write_audio(estimates / piece.name / "violin.wav",
              load_piece(piece).mixture,
              SampleFormat::kInt16);
  ToldProgress told;
  const auto rows = evaluate_folder({}, dataset, estimates, {}, told).rows;
  CHECK(rows.size() == 1 + 3);  // violin's estimate, doing nothing
  for (const auto& row : rows) CHECK(row.instrument != "bassoon");
  CHECK(told.count_notes({piece.name, "has no bassoon; not scored"}) == 1);
  CHECK(told.count_notes({dataset.pieces[1].name, "no other beside"}) == 1);
}

TEST_CASE("scoring a folder can be stopped", "[eval]") {
  const Pieces pieces;
  const auto dataset = open_dataset(pieces.folder / "data");
  std::filesystem::create_directories(pieces.folder / "estimates/violin");
  write_audio(pieces.folder / "estimates/violin" / (dataset.pieces[0].name + ".wav"),
              load_piece(dataset.pieces[0]).mixture,
              SampleFormat::kInt16);
  ToldProgress told(1);
  CHECK_THROWS_AS(evaluate_folder({}, dataset, pieces.folder / "estimates", {}, told),
                  Interrupted);
}

TEST_CASE("doing nothing and the ideal masks on Bach10 score as published",
          "[eval][bach10]") {
  const auto root = bach10_root();
  const auto reference = reference_root();
  if (root.empty() || reference.empty()) SEP_SKIP("Bach10 or its baselines are absent");
  const auto table = read_csv(reference / "baselines.csv");
  const auto dataset = open_dataset(root);
  EvaluationOptions options;
  options.ideal_masks = true;
  int64_t num_compared = 0;
  double worst = 0.0;
  for (const auto& piece : dataset.pieces) {
    const auto rows =
        evaluate_piece({}, piece, load_piece(piece), dataset.instruments, nullptr, options);
    for (const auto& line : table.rows) {
      const auto& window = line[table.column("window_length")];
      if (line[0] != piece.name || (!window.empty() && window != "512")) continue;
      const auto& row = find(rows, line[1], line[2]);
      for (const auto& column : score_columns()) {
        const auto& header = table.header;
        const auto place = std::find(header.begin(), header.end(), column.title);
        if (place == header.end()) continue;
        const double published =
            std::stod(line[static_cast<size_t>(place - header.begin())]);
        worst = std::max(worst, std::abs(row.scores.*column.value - published));
        ++num_compared;
      }
    }
  }
  std::printf("worst difference to the baselines: %.6f dB over %ld scores\n",
              worst,
              static_cast<long>(num_compared));
  CHECK(num_compared == 10 * 4 * 5 * 4);  // pieces, instruments, estimates, scores
  CHECK(worst < 1e-4);                    // they are given to 1e-4
}
