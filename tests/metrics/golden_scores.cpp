#include <sstream>

#include "libsep/metrics/bss_scale.h"
#include "tests/metrics/scores.h"
#include "tests/support/catch.h"
#include "tests/support/golden.h"

namespace {

// dB. Both compute in double from the same samples and differ in the order of sums:
// 1e-12 dB as a rule; more where a score rests on a small difference.
constexpr double kTolerance = 1e-6;

Values column(const sep::TensorData& tensor, int64_t index) {
  const auto values = golden_values(tensor);
  const int64_t width = tensor.shape.at(1);
  Values result;
  for (int64_t n = 0; n < tensor.shape[0]; ++n) {
    result.push_back(values.at(size_t(n * width + index)));
  }
  return result;
}

std::vector<std::string> score_order(const GoldenFile& file) {
  std::vector<std::string> names;
  std::istringstream text(file.content.metadata.at("score_order"));
  for (std::string name; std::getline(text, name, ',');) names.push_back(name);
  return names;
}

double score_called(const sep::Scores& scores, const std::string& name) {
  for (const auto& [known, score] : all_scores()) {
    if (known == name) return scores.*score;
  }
  throw std::runtime_error("golden: no score is called " + name);
}

void compare(const GoldenFile& file,
             const std::string& tensor,
             const sep::Scores& scores,
             WorstDifference* worst) {
  const auto names = score_order(file);
  const auto expected = golden_values(file.content.at(tensor));
  REQUIRE(expected.size() == names.size());
  for (size_t i = 0; i < names.size(); ++i) {
    const double computed = score_called(scores, names[i]);
    const double difference =
        computed == expected[i] ? 0.0 : std::abs(computed - expected[i]);
    const std::string place = file.name() + " " + tensor + " " + names[i];
    INFO(place << ": " << computed << ", reference " << expected[i]);
    CHECK(worst->add(difference, place) <= kTolerance);
  }
}

}  // namespace

TEST_CASE("the scores are the reference's", "[metrics][golden]") {
  WorstDifference worst("scores", "dB", kTolerance);
  for (const auto& file : golden_files(GoldenKind::kMetrics)) {
    for (const auto& name : file.cases(".scores_target")) {
      const auto& references = file.content.at(name + ".references");
      REQUIRE(references.shape.size() == 2);
      REQUIRE(references.shape[1] == 2);
      const Values target = column(references, 0), rest = column(references, 1);
      const Values estimate = golden_values(file.content.at(name + ".estimate"));
      const Values mixture = golden_values(file.content.at(name + ".mixture"));
      REQUIRE(mixture.size() == estimate.size());
      compare(file,
              name + ".scores_target",
              sep::score_estimate(target, rest, estimate),
              &worst);
      compare(file,
              name + ".scores_rest",
              sep::score_estimate(rest, target, combine(1.0, mixture, -1.0, estimate)),
              &worst);
    }
  }
}
