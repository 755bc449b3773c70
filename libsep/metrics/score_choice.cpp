#include "libsep/metrics/score_choice.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "libsep/core/error.h"
#include "libsep/core/text.h"
#include "libsep/metrics/metric.h"

namespace sep {
namespace {

constexpr const char* kOurs = "si";  // whose names stand alone

std::vector<ScoreChoice> all_choices() {
  std::vector<ScoreChoice> choices;
  for (const auto& metric : metrics().names()) {
    for (const auto& score : MetricKind(metric).make()->describe().scores) {
      if (score.use == ScoreUse::kChoose) choices.push_back({metric, score.name});
    }
  }
  std::stable_partition(choices.begin(), choices.end(), [](const ScoreChoice& choice) {
    return choice.metric == kOurs;
  });
  return choices;
}

std::string full_name(const ScoreChoice& choice) {
  return choice.metric + "." + choice.score;
}

std::string name_of(const ScoreChoice& choice) {
  return choice.metric == kOurs ? choice.score : full_name(choice);
}

}  // namespace

std::vector<std::string> score_choices() {
  std::vector<std::string> names;
  for (const auto& choice : all_choices()) names.push_back(name_of(choice));
  return names;
}

ScoreChoice find_score(const std::string& name) {
  const auto choices = all_choices();
  std::vector<ScoreChoice> of_that_score;
  for (const auto& choice : choices) {
    if (name == name_of(choice) || name == full_name(choice)) return choice;
    if (name == choice.score) of_that_score.push_back(choice);
  }
  if (of_that_score.size() == 1) return of_that_score.front();
  throw Error(fmt::format("no score '{}', there are {}",
                          shown_text(name),
                          fmt::join(nearest_first(name, score_choices()), ", ")));
}

}  // namespace sep
