#include "libsep/eval/tables.h"

#include <cmath>
#include <limits>

#include "tests/eval/rows.h"
#include "tests/support/catch_torch.h"

using namespace sep;

TEST_CASE("thesis numbers are Python's str(round(x, 4))", "[eval]") {
  CHECK(thesis_number(6.08) == "6.08");
  CHECK(thesis_number(6.0) == "6.0");
  CHECK(thesis_number(-6.00574) == "-6.0057");
  CHECK(thesis_number(0.12345678) == "0.1235");
  CHECK(thesis_number(-0.00001) == "-0.0");  // as Python
  CHECK(thesis_number(100.5) == "100.5");
  CHECK(thesis_number(std::nan("")) == "nan");
  CHECK(thesis_number(-std::numeric_limits<double>::infinity()) == "-inf");
}

TEST_CASE("means leave out infinities and rows without scores, and count them", "[eval]") {
  auto silent = row_of("violin", 100.0);
  silent.status = ScoreStatus::kSilentReference;
  const auto summary = summarize({row_of("violin", 1.0),
                                  row_of("violin", 4.0),
                                  row_of("violin", std::numeric_limits<double>::infinity()),
                                  silent},
                                 &Scores::si_sdr);
  CHECK(summary.mean == 2.5);
  CHECK(summary.std == Approx(std::sqrt(4.5)));  // (1.5^2 + 1.5^2) / (2 - 1)
  CHECK(summary.count == 2);
  CHECK(summary.num_infinite == 1);
  CHECK(summary.num_without == 1);
  CHECK(std::isnan(summarize({row_of("violin", 1.0)}, &Scores::si_sdr).std));
  CHECK(std::isnan(summarize({}, &Scores::si_sdr).mean));
}

TEST_CASE("where all scores are infinite, so is their mean", "[eval]") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::vector<ScoreRow> rows(3, row_of("violin", kInfinity, "mixture"));
  const auto summary = summarize(rows, &Scores::si_sar);
  CHECK(summary.mean == kInfinity);
  CHECK(std::isnan(summary.std));
  CHECK(summary.count == 0);
  CHECK(summary.num_infinite == 3);
  const auto table = summary_table(rows);
  CHECK(table.rows[0][table.column("mean_db")] == "inf");
  CHECK(table.rows[0][table.column("num_infinite")] == "3");
  CHECK(summary_markdown(rows).find("| violin | mixture | inf (3 inf) |") !=
        std::string::npos);
  CHECK(std::isnan(
      summarize({row_of("violin", kInfinity), row_of("violin", -kInfinity)}, &Scores::snr)
          .mean));
}

TEST_CASE("the thesis's tables have its names, columns and order", "[eval]") {
  ThesisLabel label;
  CHECK(label.stem() ==
        "SepModel_MaxMix=10_HSize=50_NLayers=1_Dropout=0_EpcLen=10_MaxEpc=1");
  label = {"Model F", 1, 200, 2, 0.2, "", 25, 3};
  CHECK(label.stem() ==
        "SepModel_MaxMix=1_HSize=200_NLayers=2_Dropout=0.2_EpcLen=25_MaxEpc=3");

  const std::vector<ScoreRow> rows = {row_of("bassoon", -6.0),
                                      row_of("violin", 1.0),
                                      row_of("violin", 50.0, "mixture"),
                                      row_of("violin", 2.0)};
  CHECK(to_csv(thesis_model_table(rows, {"violin", "bassoon", "clarinet"})) ==
        ",Target_instrument,Avg+-Std SI-SAR,Avg+-Std SI-SDR,Avg+-Std SI-SIR,Avg+-Std SNR\n"
        "0,violin,3.5 ± 0.7071,1.5 ± 0.7071,2.5 ± 0.7071,4.5 ± 0.7071\n"
        "0,bassoon,-4.0 ± nan,-6.0 ± nan,-5.0 ± nan,-3.0 ± nan\n");
  CHECK(to_csv(thesis_instrument_table({rows, rows}, {"Model A", "Model B"}, "bassoon")) ==
        ",Models,Avg+-Std SI-SAR,Avg+-Std SI-SDR,Avg+-Std SI-SIR,Avg+-Std SNR\n"
        "0,Model A,-4.0 ± nan,-6.0 ± nan,-5.0 ± nan,-3.0 ± nan\n"
        "0,Model B,-4.0 ± nan,-6.0 ± nan,-5.0 ± nan,-3.0 ± nan\n");
}

TEST_CASE("summaries keep estimates and STFT settings apart", "[eval]") {
  auto small = row_of("violin", 1.0, "irm");
  small.window_length = 512;
  auto large = row_of("violin", 9.0, "irm");
  large.window_length = 4096;
  const auto table = summary_table({small, large, row_of("violin", 3.0)});
  CHECK(table.rows.size() == 3 * score_columns().size());
  CHECK(table.rows[0][table.column("mean_db")] == "1.000000");
  CHECK(table.rows[0][table.column("std_db")] == "nan");
  const auto text = summary_markdown({small, large, row_of("violin", 3.0)});
  CHECK(text.find("| violin | irm 512/0 | 1.00 |") != std::string::npos);
  CHECK(text.find("| violin | model | 3.00 | 4.00 | 5.00 | 6.00 | 7.00 | 1 |") !=
        std::string::npos);
}

TEST_CASE("a remark stands above a run's table", "[eval]") {
  const auto text = summary_markdown({row_of("violin", 1.0)}, "Incomplete.");
  CHECK(text.find("## Model A, protocol clean, seed 0\n") == 0);
  CHECK(text.find("\n\nIncomplete.\n\n| instrument") != std::string::npos);
}
