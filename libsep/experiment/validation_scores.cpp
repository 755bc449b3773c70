#include "libsep/experiment/validation_scores.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "libsep/core/error.h"
#include "libsep/metrics/bss_scale.h"
#include "libsep/separation/separator.h"

namespace sep {
namespace {

using Member = double Scores::*;

const std::map<std::string, Member>& members() {
  static const std::map<std::string, Member> all = {{"si_sdr", &Scores::si_sdr},
                                                    {"si_sir", &Scores::si_sir},
                                                    {"si_sar", &Scores::si_sar},
                                                    {"sd_sdr", &Scores::sd_sdr},
                                                    {"snr", &Scores::snr},
                                                    {"si_sdri", &Scores::si_sdri},
                                                    {"sd_sdri", &Scores::sd_sdri},
                                                    {"snri", &Scores::snri}};
  return all;
}

Signal signal_of(const WaveformExample& example, const float* samples) {
  const auto size = example.num_channels * example.num_samples;
  return {example.num_channels, example.sample_rate, {samples, samples + size}};
}

struct Sum {
  double total = 0.0;
  int64_t count = 0;
};

void add_scores(const std::vector<StemName>& names,
                const WaveformExample& example,
                const std::map<StemName, Signal>& estimates,
                Member score,
                Sum& sum) {
  const auto mixture = signal_of(example, example.mixture.data());
  for (size_t i = 0; i < names.size(); ++i) {
    const auto found = estimates.find(names[i]);
    if (found == estimates.end()) continue;
    const auto reference = signal_of(example, example.stem(static_cast<int64_t>(i)));
    if (is_silent(reference) || is_silent(found->second)) continue;
    const auto scores =
        score_estimate(reference, subtract(mixture, reference), found->second);
    sum.total += scores.*score;
    ++sum.count;
  }
}

}  // namespace

std::vector<std::string> validation_score_names() {
  std::vector<std::string> names;
  for (const auto& member : members()) names.push_back(member.first);
  return names;
}

std::map<std::string, double> validation_scores(Network& network,
                                                const ModelDescription& description,
                                                const WaveformExamples& pieces,
                                                const std::string& score,
                                                const torch::Device& device) {
  const auto member = members().find(score);
  SEP_CHECK(member != members().end(),
            "no score '{}', there are {}",
            score,
            fmt::join(validation_score_names(), ", "));
  const std::shared_ptr<Network> borrowed(&network, [](Network*) {});
  const Separator separator({{description, borrowed}}, device);
  Sum sum;
  for (int64_t i = 0; i < pieces.size().value_or(0); ++i) {
    const auto example = pieces.get(0, i);
    const auto estimates = separator.separate(signal_of(example, example.mixture.data()));
    add_scores(pieces.stems(), example, estimates, member->second, sum);
  }
  SEP_CHECK(sum.count > 0, "{}: no validation piece has such a score", score);
  return {{score, sum.total / static_cast<double>(sum.count)}};
}

}  // namespace sep
