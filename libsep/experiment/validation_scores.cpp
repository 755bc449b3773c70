#include "libsep/experiment/validation_scores.h"

#include <memory>

#include "libsep/core/error.h"
#include "libsep/metrics/metric.h"
#include "libsep/metrics/score_choice.h"
#include "libsep/separation/separator.h"

namespace sep {
namespace {

Signal signal_of(const WaveformExample& example, const float* samples) {
  const auto size = example.num_channels * example.num_samples;
  return {example.num_channels, example.sample_rate, {samples, samples + size}};
}

struct Sum {
  double total = 0.0;
  int64_t count = 0;
};

/// What is summed, as `train.choose_by` names it.
struct ChosenScore {
  explicit ChosenScore(const std::string& name_in)
      : name(name_in),
        choice(find_score(name_in)),
        metric(MetricKind(choice.metric).make()) {}

  std::string name;
  ScoreChoice choice;
  std::shared_ptr<const Metric> metric;
};

void add_result(const ChosenScore& score,
                const StemName& stem,
                const MetricResult& result,
                Sum& sum) {
  SEP_CHECK(result.status != ScoreStatus::kFailed,
            "{}: of the estimate of {} in a validation piece it is no number",
            score.name,
            stem);
  const auto value = result.values.find(score.choice.score);
  if (value == result.values.end()) return;
  sum.total += value->second;
  ++sum.count;
}

void add_scores(const std::vector<StemName>& names,
                const WaveformExample& example,
                const Separator& separator,
                const ChosenScore& score,
                Sum& sum) {
  const auto mixture = signal_of(example, example.mixture.data());
  const auto estimates = separator.separate(mixture);
  std::map<StemName, Signal> references;
  for (size_t i = 0; i < names.size(); ++i) {
    references[names[i]] = signal_of(example, example.stem(static_cast<int64_t>(i)));
  }
  const auto results =
      evaluate_metric(score.choice.metric, *score.metric, {references, mixture, estimates});
  for (const auto& name : names) {
    const auto result = results.find(name);
    if (result != results.end()) add_result(score, name, result->second, sum);
  }
}

}  // namespace

void check_choose_by(const std::string& choose_by, const Dataset& dataset) {
  if (choose_by == "loss") return;
  const ChosenScore score(choose_by);
  for (const auto& piece : dataset.pieces) {
    try {
      score.metric->check({piece.num_channels, piece.sample_rate});
    } catch (const Error& error) {
      throw Error(
          fmt::format("train.choose_by = {}: {}: {}", choose_by, piece.name, error.what()));
    }
  }
}

std::map<std::string, double> validation_scores(Network& network,
                                                const ModelDescription& description,
                                                const WaveformExamples& pieces,
                                                const std::string& score,
                                                const torch::Device& device) {
  const ChosenScore chosen(score);
  const std::shared_ptr<Network> borrowed(&network, [](Network*) {});
  const Separator separator({{description, borrowed}}, device);
  Sum sum;
  for (int64_t i = 0; i < pieces.size().value_or(0); ++i) {
    add_scores(pieces.stems(), pieces.get(0, i), separator, chosen, sum);
  }
  SEP_CHECK(sum.count > 0, "{}: no validation piece has such a score", score);
  return {{score, sum.total / static_cast<double>(sum.count)}};
}

}  // namespace sep
