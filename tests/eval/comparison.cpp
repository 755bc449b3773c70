#include "libsep/eval/comparison.h"

#include <cmath>
#include <limits>

#include "libsep/core/random.h"
#include "libsep/eval/seed_tables.h"
#include "tests/eval/rows.h"
#include "tests/support/catch_torch.h"

using namespace sep;

namespace {

/// Mean rank of each magnitude, by counting.
std::vector<double> ranks_of(const std::vector<double>& differences) {
  std::vector<double> ranks;
  for (const double x : differences) {
    double rank = 0.5;
    for (const double y : differences) {
      if (std::abs(y) < std::abs(x)) rank += 1.0;
      if (std::abs(y) == std::abs(x)) rank += 0.5;
    }
    ranks.push_back(rank);
  }
  return ranks;
}

/// p by going through all 2^n signs.
double enumerated_p(const std::vector<double>& differences) {
  const auto ranks = ranks_of(differences);
  double all = 0.0;
  double above = 0.0;
  for (size_t i = 0; i < ranks.size(); ++i) {
    all += ranks[i];
    above += differences[i] > 0.0 ? ranks[i] : 0.0;
  }
  const double smaller = std::min(above, all - above);
  int64_t count = 0;
  const int64_t num_signs = int64_t{1} << ranks.size();
  for (int64_t signs = 0; signs < num_signs; ++signs) {
    double sum = 0.0;
    for (size_t i = 0; i < ranks.size(); ++i) sum += (signs >> i) % 2 == 1 ? ranks[i] : 0.0;
    count += sum <= smaller ? 1 : 0;
  }
  return std::min(1.0, 2.0 * static_cast<double>(count) / static_cast<double>(num_signs));
}

ScoreRow scored(const std::string& model,
                const std::string& piece,
                const std::string& instrument,
                double si_sdr,
                int64_t seed = 0) {
  auto row = row_of(instrument, si_sdr);
  row.model = model;
  row.piece = piece;
  row.seed = seed;
  return row;
}

const Comparison& find(const std::vector<Comparison>& comparisons,
                       const std::string& score,
                       const std::string& instrument) {
  for (const auto& comparison : comparisons) {
    if (comparison.score == score && comparison.instrument == instrument) return comparison;
  }
  throw std::runtime_error("no such comparison");
}

}  // namespace

TEST_CASE("signed ranks are scipy's", "[eval][compare]") {
  // scipy 1.10.1, scipy.stats.wilcoxon(d, method="exact")
  const auto first =
      signed_rank_test({0.3, -1.2, 2.5, 0.7, -0.1, 1.9, 3.3, -0.4, 0.9, 1.1});
  CHECK(first.w == 11.0);
  CHECK(first.p == Approx(0.10546875).epsilon(1e-12));
  const auto second = signed_rank_test({0.3, -1.2, 2.5, 0.7, 0.1, 1.9, 3.3, 0.4, 0.9, 1.1});
  CHECK(second.w == 7.0);
  CHECK(second.p == Approx(0.037109375).epsilon(1e-12));
}

TEST_CASE("p is that of all signs, ties and zeros included", "[eval][compare][property]") {
  const auto seed = GENERATE(range(1, 40));
  RandomStream random(static_cast<uint64_t>(seed));
  std::vector<double> differences;
  std::vector<double> with_zeros;
  const auto count = 1 + random.index(12);
  for (int64_t i = 0; i < count; ++i) {
    // Few values: most of them tie.
    differences.push_back((random.uniform() < 0.4 ? -1.0 : 1.0) *
                          static_cast<double>(1 + random.index(seed % 2 == 0 ? 4 : 1000)));
    with_zeros.push_back(differences.back());
    with_zeros.push_back(0.0);
  }
  // Sums of chances that are multiples of 2^-12: exact.
  CHECK(signed_rank_test(differences).p ==
        Approx(enumerated_p(differences)).epsilon(1e-12));
  CHECK(signed_rank_test(with_zeros).p == signed_rank_test(differences).p);
  CHECK(signed_rank_test(with_zeros).num_different == count);
  auto other_side = differences;
  for (auto& x : other_side) x = -x;
  CHECK(signed_rank_test(other_side).p == signed_rank_test(differences).p);
}

TEST_CASE("beyond 200 differences p goes on as before", "[eval][compare]") {
  std::vector<double> differences;
  for (int i = 1; i <= 200; ++i) differences.push_back(i % 5 < 2 ? -i : i);
  const double exact = signed_rank_test(differences).p;
  differences.insert(differences.begin(),
                     1e-3);  // the least rank: moves W's place by 1/7000
  const double normal = signed_rank_test(differences).p;
  CHECK(exact > 1e-3);
  CHECK(std::abs(normal - exact) < 1e-3);
}

TEST_CASE("differences that have no rank", "[eval][compare][failure]") {
  CHECK(signed_rank_test({}).p == 1.0);
  CHECK(signed_rank_test({0.0, 0.0}).p == 1.0);
  CHECK_THROWS_WITH(signed_rank_test({1.0, std::nan("")}),
                    Catch::Matchers::Contains("finite"));
}

TEST_CASE("Holm's correction by hand", "[eval][compare]") {
  const auto corrected = holm({0.01, 0.04, 0.03, 0.005});
  // In order: 0.005 x 4, 0.01 x 3, 0.03 x 2, 0.04 x 1, and none below the one before.
  CHECK(corrected[3] == Approx(0.02));
  CHECK(corrected[0] == Approx(0.03));
  CHECK(corrected[2] == Approx(0.06));
  CHECK(corrected[1] == Approx(0.06));
  CHECK(holm({0.6, 0.7}) == std::vector<double>{1.0, 1.0});
  CHECK(holm({}).empty());
}

TEST_CASE("models are compared piece by piece", "[eval][compare]") {
  std::vector<ScoreRow> rows;
  for (int piece = 1; piece <= 6; ++piece) {
    const auto name = fmt::format("{:02}", piece);
    for (const char* instrument : {"violin", "bassoon"}) {
      const double gain = instrument == std::string("violin") ? 1.0 + piece : -0.5;
      rows.push_back(scored("A", name, instrument, piece));
      // Two seeds whose mean is what counts.
      rows.push_back(scored("B", name, instrument, piece + gain - 0.25, 0));
      rows.push_back(scored("B", name, instrument, piece + gain + 0.25, 1));
      rows.push_back(row_of(instrument, -50.0, "mixture"));
    }
  }
  rows.push_back(scored("A", "07", "violin", 3.0));  // B has none of it
  for (auto& row : rows) {
    if (row.model == "A" && row.piece == "06" && row.instrument == "bassoon") {
      row.status = ScoreStatus::kSilentReference;
    }
  }
  const auto comparisons = compare_models(rows);
  const auto& violin = find(comparisons, "SI-SDR", "violin");
  CHECK(violin.first == "A");
  CHECK(violin.second == "B");
  CHECK(violin.num_pieces == 6);
  CHECK(violin.num_left_out == 1);
  CHECK(violin.mean_difference == Approx(4.5));
  CHECK(violin.test.w == 0.0);
  CHECK(violin.test.p == Approx(2.0 / 64.0));
  CHECK(violin.p_holm == Approx(4.0 / 64.0));  // two instruments
  const auto& bassoon = find(comparisons, "SI-SDR", "bassoon");
  CHECK(bassoon.num_pieces == 5);
  CHECK(bassoon.num_left_out == 1);
  CHECK(bassoon.mean_difference == Approx(-0.5));
  CHECK(bassoon.p_holm == Approx(2.0 / 32.0));
  const auto& all = find(comparisons, "SI-SDR", "all");
  CHECK(all.num_pieces == 5);  // those with both instruments
  CHECK(all.mean_difference == Approx(0.5 * (4.0 - 0.5)));
  CHECK(all.p_holm == Approx(all.test.p));  // a family of its own
  const auto table = comparison_table(comparisons);
  CHECK(table.rows.size() == 6 * 3);  // six scores
  CHECK_THAT(
      comparison_markdown(comparisons),
      Catch::Matchers::Contains("| A | B | violin | +4.50 | 0 | 0.03125 | 0.0625 | 6 |"));
}

TEST_CASE("models that cannot be compared", "[eval][compare][failure]") {
  CHECK_THROWS_WITH(compare_models({scored("A", "01", "violin", 1.0)}),
                    Catch::Matchers::Contains("two models or more, found A alone"));
  CHECK_THROWS_WITH(
      compare_models({scored("A", "01", "violin", 1.0), scored("B", "02", "violin", 1.0)}),
      Catch::Matchers::Contains("A and B cannot be compared"));
  // A score that no piece has of both is no reason to refuse the others.
  auto infinite = scored("B", "01", "violin", 1.0);
  infinite.scores.si_sar = std::numeric_limits<double>::infinity();
  const auto comparisons = compare_models({scored("A", "01", "violin", 1.5), infinite});
  CHECK(find(comparisons, "SI-SAR", "violin").num_pieces == 0);
  CHECK(std::isnan(find(comparisons, "SI-SAR", "violin").mean_difference));
  CHECK(find(comparisons, "SI-SAR", "violin").test.p == 1.0);
  CHECK(find(comparisons, "SI-SDR", "violin").mean_difference == Approx(-0.5));
}

TEST_CASE("deviations of seeds and of pieces are kept apart", "[eval][seeds]") {
  std::vector<ScoreRow> rows;
  for (int64_t seed = 0; seed < 3; ++seed) {
    for (int piece = 1; piece <= 2; ++piece) {
      rows.push_back(scored("A",
                            fmt::format("{:02}", piece),
                            "violin",
                            10.0 * piece + static_cast<double>(seed),
                            seed));
    }
  }
  rows.push_back(scored("A", "03", "violin", 99.0, 1));  // of one seed alone: left out
  rows.push_back(scored("B", "01", "violin", 1.0));      // has no seeds to speak of
  REQUIRE(has_seeds(rows));
  CHECK_FALSE(has_seeds({rows.back()}));
  const auto table = seeds_table(rows);
  REQUIRE(table.rows.size() == 6);
  // Pieces' means over seeds 11 and 21, seeds' means over pieces 15, 16 and 17.
  const std::vector<std::string> wanted = {
      "A", "clean", "violin", "model", "SI-SDR", "3", "2", "16.000000"};
  CHECK(std::vector<std::string>(table.rows[0].begin(), table.rows[0].begin() + 8) ==
        wanted);
  CHECK(std::stod(table.rows[0][8]) == Approx(std::sqrt(50.0)));
  CHECK(std::stod(table.rows[0][9]) == Approx(1.0));
  CHECK_THAT(seeds_markdown(rows),
             Catch::Matchers::Contains(
                 "| instrument | SI-SDR | SI-SIR | SI-SAR | SNR | pieces |"));
  CHECK_THAT(seeds_markdown(rows),
             Catch::Matchers::Contains("| violin | 16.00 (7.07, 1.00) |"));
}
