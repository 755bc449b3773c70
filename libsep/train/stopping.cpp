#include "libsep/train/stopping.h"

#include <fmt/ranges.h>

#include <cmath>

#include "libsep/core/error.h"

namespace sep {

std::vector<double> chosen_values(const std::vector<EpochEvent>& history,
                                  const std::string& choose_by) {
  std::vector<double> values;
  for (const auto& event : history) {
    if (choose_by == "loss") {
      values.push_back(event.validation_loss);
      continue;
    }
    std::vector<std::string> names = {"loss"};
    for (const auto& [name, unused_score] : event.scores) names.push_back(name);
    const auto found = event.scores.find(choose_by);
    SEP_CHECK(found != event.scores.end(),
              "epoch {} has no '{}' to choose by, but {}",
              event.epoch,
              shown_text(choose_by),
              fmt::join(names, ", "));
    values.push_back(found->second);
  }
  return values;
}

bool is_as_good(double value, double best, Better better) {
  return better == Better::kLower ? value <= best : value >= best;
}

int64_t best_epoch(const std::vector<double>& values, Better better) {
  size_t best = 0;
  for (size_t epoch = 1; epoch <= values.size(); ++epoch) {
    const double value = values[epoch - 1];
    if (std::isnan(value)) continue;
    if (best == 0 || is_as_good(value, values[best - 1], better)) best = epoch;
  }
  return static_cast<int64_t>(best);
}

Doneness doneness(const std::vector<double>& values,
                  Better better,
                  const StoppingRule& rule) {
  const auto num_epochs = static_cast<int64_t>(values.size());
  if (num_epochs >= rule.num_epochs) return Doneness::kMaxEpochs;
  const bool waited =
      rule.patience > 0 && num_epochs - best_epoch(values, better) >= rule.patience;
  return waited ? Doneness::kPatience : Doneness::kGoesOn;
}

}  // namespace sep
