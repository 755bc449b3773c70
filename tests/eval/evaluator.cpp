#include "libsep/eval/evaluator.h"

#include "libsep/audio/file.h"
#include "tests/support/catch_torch.h"
#include "tests/support/paths.h"
#include "tests/support/pieces.h"

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
  const auto rows = evaluate_folder({}, dataset, estimates, {}, silent);
  REQUIRE(rows.size() == 1 + 2 * 4);  // one estimate, doing nothing for 2 pieces of 4
  // The estimate is the mixture, so it scores as doing nothing does.
  CHECK(find(rows, "saxphone", "model").scores.si_sdr ==
        find(rows, "saxphone", "mixture").scores.si_sdr);
}

TEST_CASE("an empty folder of estimates is an error, a wrong length a row",
          "[eval][failure]") {
  const Pieces pieces;
  const auto dataset = open_dataset(pieces.folder / "data");
  const auto estimates = pieces.folder / "estimates";
  Progress silent;
  CHECK_THROWS_AS(evaluate_folder({}, dataset, estimates, {}, silent), Error);
  std::filesystem::create_directories(estimates / "violin");
  CHECK_THROWS_AS(evaluate_folder({}, dataset, estimates, {}, silent), Error);
  write_audio(estimates / "violin" / (dataset.pieces[0].name + ".wav"),
              make_silence(1, 100, 44100),
              SampleFormat::kInt16);
  const auto rows = evaluate_folder({}, dataset, estimates, {}, silent);
  CHECK(find(rows, "violin", "model").status == ScoreStatus::kFailed);
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
  CHECK(worst < 0.01);                    // they are given to 1e-4
}
