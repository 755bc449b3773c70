#include "libsep/eval/further_metrics.h"

#include <cmath>
#include <limits>

#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/eval/evaluator.h"
#include "libsep/eval/table_files.h"
#include "libsep/eval/tables.h"
#include "libsep/metrics/bss_eval.h"
#include "tests/eval/rows.h"
#include "tests/support/catch_torch.h"
#include "tests/support/messages.h"
#include "tests/support/paths.h"
#include "tests/support/pieces.h"
#include "tests/support/signals.h"

using namespace sep;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const char* const kShort =
    "[{type: bss_v4, filter_length: 16, window_seconds: 0.25, hop_seconds: 0.25}, "
    "{type: bss_images, filter_length: 16}]";

FurtherMetrics short_metrics(FrameScores frames = FrameScores::kNone) {
  return {parse_metrics(kShort), frames};
}

MetricResult result_of(double sdr) {
  MetricResult result;
  result.values = {{"sdr", sdr}, {"isr", 2.0}, {"sir", 3.0}};
  result.frames = {{0.0, 1.0, {{"sdr", sdr}}}, {1.0, 2.0, {}}};
  return result;
}

ScoreRow row_with(const std::string& instrument, double si_sdr, double sdr) {
  auto row = row_of(instrument, si_sdr);
  row.further["bss_v4"] = result_of(sdr);
  return row;
}

FurtherMetrics v4(FrameScores frames = FrameScores::kNone) {
  return {parse_metrics("si,bss_v4"), frames};
}

}  // namespace

TEST_CASE("metrics are chosen by names or by YAML", "[eval][metric]") {
  CHECK(parse_metrics("si").empty());
  const auto names = parse_metrics("bss_v4,si,bss_v3");
  REQUIRE(names.size() == 2);
  CHECK(names[0].name == "bss_v4");
  CHECK(names[1].description.scores.size() == 3);
  CHECK(parse_metrics(kShort).size() == 2);
  CHECK(message_of([] { parse_metrics("si,bss_v5"); }) ==
        "--metrics bss_v5: no metric; did you mean bss_v3? (there are: bss_images, bss_v3, "
        "bss_v4, si)");
  CHECK_THROWS_WITH(parse_metrics("si,"), Catch::Contains("there are: bss_images"));
  CHECK_THROWS_WITH(parse_metrics("bss_v3,bss_v3"),
                    Catch::Contains("bss_v3 is given twice"));
  CHECK_THROWS_WITH(parse_metrics("[{type: bss_v4, windows: 1}]"),
                    Catch::Contains("--metrics:1: metrics[0].windows"));
  CHECK_THROWS_WITH(parse_metrics("[{type: bss_v4, filter_length: 0}]"),
                    Catch::Contains("filter_length = 0: wants 1 to 8192"));
}

TEST_CASE("pieces that cannot have a metric are named", "[eval][metric][failure]") {
  Dataset dataset;
  dataset.pieces.resize(2);
  dataset.pieces[1].name = "stereo";
  dataset.pieces[0].sample_rate = dataset.pieces[1].sample_rate = 44100;
  const FurtherMetrics v3{parse_metrics("bss_v3"), FrameScores::kNone};
  CHECK_NOTHROW(check_metrics(v3, dataset));
  dataset.pieces[1].num_channels = 2;
  CHECK_THROWS_WITH(
      check_metrics(v3, dataset),
      Catch::StartsWith("--metrics bss_v3: stereo: BSS Eval of sources: wants "
                        "mono, found 2 channels"));
  CHECK_NOTHROW(check_metrics(v4(), dataset));
}

TEST_CASE("rows of a piece have what bss_eval.h gives", "[eval][metric]") {
  const TemporaryFolder folder;
  write_pieces(folder / "data", 1, 1.0);
  const auto dataset = open_dataset(folder / "data");
  const auto audio = load_piece(dataset.pieces[0]);
  std::vector<Signal> references, mixtures;
  for (const auto& [name, stem] : audio.stems) {
    references.push_back(stem);
    mixtures.push_back(audio.mixture);
  }
  EvaluationOptions options;
  options.ideal_masks = true;
  options.further = short_metrics(FrameScores::kWanted);
  const std::vector<StemName> instruments = {"violin", "bassoon"};  // of four
  std::map<StemName, Signal> estimates = {
      {"violin", audio.mixture}, {"bassoon", {}}, {"clarinet", audio.mixture}};
  const auto rows = score_estimates(
      {}, dataset.pieces[0], audio, instruments, estimates, nullptr, options);
  BssEvalOptions bss;
  bss.filter_length = 16;
  const auto whole = bss_eval_images(references, mixtures, bss);
  const auto frames = bss_eval_v4(references, mixtures, 11025, 11025, bss);
  REQUIRE(rows.size() == 12);
  for (const auto& row : rows) {
    INFO(row.instrument << " " << row.estimate);
    REQUIRE(row.further.size() == 2);
    const auto& images = row.further.at("bss_images");
    CHECK(images.status == row.status);
    if (row.instrument != "violin") continue;
    if (row.estimate == "mixture" || row.estimate == "model") {
      CHECK(images.values.at("sar") == whole.sar[3]);
      CHECK(row.further.at("bss_v4").values.at("sdr") == museval_median(frames.sdr[3]));
      CHECK(row.further.at("bss_v4").frames.size() == 4);
    } else {
      CHECK(images.values.at("sdr") > whole.sdr[3] + 3.0);
    }
  }
  CHECK(rows[6].estimate == "model");
  CHECK(rows[6].status == ScoreStatus::kFailed);

  options.num_threads = 1;
  const auto again = score_estimates(
      {}, dataset.pieces[0], audio, instruments, estimates, nullptr, options);
  CHECK(to_csv(frames_table(again, options.further)) ==
        to_csv(frames_table(rows, options.further)));
  CHECK(to_csv(scores_table(again)) ==
        to_csv(scores_table(score_estimates(
            {}, dataset.pieces[0], audio, instruments, estimates, nullptr, [&] {
              options.further = {};
              return options;
            }()))));
}

TEST_CASE("metrics.csv and frames.csv are tidy", "[eval][metric]") {
  auto silent = row_of("bassoon", 1.0, "mixture");
  silent.fold = 0;
  silent.seed.reset();
  silent.further["bss_v4"].status = ScoreStatus::kSilentReference;
  const std::vector<ScoreRow> rows = {row_with("violin", 1.0, -kInfinity), silent};
  CHECK(to_csv(metrics_table(rows, v4())) ==
        "model,protocol,seed,fold,piece,instrument,estimate,metric,score,value_db,status\n"
        "Model A,clean,0,1,01-X,violin,model,bss_v4,sdr,-inf,ok\n"
        "Model A,clean,0,1,01-X,violin,model,bss_v4,isr,2.000000,ok\n"
        "Model A,clean,0,1,01-X,violin,model,bss_v4,sir,3.000000,ok\n"
        "Model A,clean,0,1,01-X,violin,model,bss_v4,sar,,ok\n"
        "Model A,clean,,,01-X,bassoon,mixture,bss_v4,sdr,,silent_reference\n"
        "Model A,clean,,,01-X,bassoon,mixture,bss_v4,isr,,silent_reference\n"
        "Model A,clean,,,01-X,bassoon,mixture,bss_v4,sir,,silent_reference\n"
        "Model A,clean,,,01-X,bassoon,mixture,bss_v4,sar,,silent_reference\n");
  const auto frames = frames_table({row_with("violin", 1.0, 4.0)}, v4());
  REQUIRE(frames.rows.size() == 8);
  CHECK(frames.header.back() == "value_db");
  CHECK(frames.rows[0][frames.column("value_db")] == "4.000000");
  CHECK(frames.rows[1][frames.column("frame")] == "1");
  CHECK(frames.rows[1][frames.column("begin_seconds")] == "1.000000");
  CHECK(frames.rows[1][frames.column("value_db")].empty());
}

TEST_CASE("summaries average as papers do", "[eval][metric]") {
  const std::vector<ScoreRow> rows = {row_with("violin", 1.0, 1.0),
                                      row_with("violin", 2.0, 2.0),
                                      row_with("violin", 3.0, 9.0),
                                      row_with("violin", 3.0, kInfinity)};
  CHECK(summarize(rows, "bss_v4", "sdr").mean == 4.0);
  CHECK(summarize(rows, "bss_v4", "sdr").median == 2.0);
  CHECK(summarize(rows, "bss_v4", "sdr").num_infinite == 1);
  CHECK(summarize(rows, "bss_v4", "sar").num_without == 4);
  CHECK(summarize({rows[0], rows[1]}, "bss_v4", "sdr").median == 1.5);
  const auto table = summary_table(rows, v4());
  CHECK(table.rows.size() == score_columns().size() + 4);
  const auto& sdr = table.rows[score_columns().size()];
  CHECK(sdr[table.column("score")] == "bss_v4.sdr");
  CHECK(sdr[table.column("median_db")] == "2.000000");
  CHECK(table.rows[0][table.column("median_db")] == "2.500000");
  const auto text = summary_markdown(rows, "", v4());
  CHECK(text.find(summary_markdown(rows)) == 0);
  CHECK(
      text.find("### BSS Eval v4\n\nMedian over pieces, in dB. Of a piece the median over "
                "frames, of SDR that of SNR in each frame.\n\n"
                "| instrument | estimate | SDR | ISR | SIR | SAR | pieces |\n") !=
      std::string::npos);
  CHECK(text.find("| violin | model | 2.00 (1 inf) | 2.00 | 3.00 | – | 4 |") !=
        std::string::npos);
  // Without further metrics all is as it was.
  CHECK(summary_table(rows).header.back() == "num_without_score");
}

TEST_CASE("tables of metrics that are not asked for any more go", "[eval][metric]") {
  const TemporaryFolder folder;
  const std::vector<ScoreRow> rows = {row_with("violin", 1.0, 1.0)};
  write_score_tables(folder / "out", rows);
  CHECK_FALSE(is_there(folder / "out/metrics.csv"));
  const auto both = write_score_tables(folder / "out", rows, v4(FrameScores::kWanted));
  CHECK(both.written.size() == 5);
  CHECK(is_there(folder / "out/frames.csv"));
  const auto one = write_score_tables(folder / "out", rows, v4());
  REQUIRE(one.removed.size() == 1);
  CHECK(one.removed[0].filename() == "frames.csv");
  CHECK(is_there(folder / "out/metrics.csv"));
  CHECK(write_score_tables(folder / "out", rows).removed.size() == 1);
  CHECK_FALSE(is_there(folder / "out/metrics.csv"));
}
