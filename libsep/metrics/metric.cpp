#include "libsep/metrics/metric.h"

#include <algorithm>
#include <cmath>

#include "libsep/core/error.h"
#include "libsep/metrics/bss_metric.h"
#include "libsep/metrics/si_metric.h"

namespace sep {
namespace {

using Values = std::map<std::string, double>;

void check_names(const std::string& metric,
                 const Values& values,
                 const MetricDescription& description) {
  for (const auto& [name, value] : values) {
    const auto is_it = [&, &wanted = name](const MetricScore& score) {
      return score.name == wanted;
    };
    SEP_CHECK(std::any_of(description.scores.begin(), description.scores.end(), is_it),
              "metric {}: gives a score '{}' that it does not describe",
              metric,
              shown_text(name));
  }
}

bool is_nan(const Values::value_type& value) { return std::isnan(value.second); }

void drop_nan(Values& values) {
  for (auto value = values.begin(); value != values.end();) {
    value = is_nan(*value) ? values.erase(value) : std::next(value);
  }
}

void hold_to_its_word(MetricResult& result) {
  if (std::any_of(result.values.begin(), result.values.end(), is_nan)) {
    result.status = ScoreStatus::kFailed;
  }
  for (auto& frame : result.frames) drop_nan(frame.values);
  if (result.status == ScoreStatus::kOk) return;
  result.values.clear();
  result.frames.clear();
}

}  // namespace

MetricResults evaluate_metric(const std::string& name,
                              const Metric& metric,
                              const MetricInput& input) {
  for (const auto& [estimate, unused_signal] : input.estimates) {
    SEP_CHECK(input.references.count(estimate) > 0,
              "metric {}: an estimate of {}, of which there is no reference",
              name,
              shown_text(estimate));
  }
  const auto description = metric.describe();
  auto results = metric.evaluate(input);
  for (const auto& [estimate, unused_signal] : input.estimates) {
    const auto found = results.find(estimate);
    SEP_CHECK(found != results.end(),
              "metric {}: gives nothing for the estimate of {}",
              name,
              shown_text(estimate));
    check_names(name, found->second.values, description);
    for (const auto& frame : found->second.frames) {
      check_names(name, frame.values, description);
    }
    hold_to_its_word(found->second);
  }
  return results;
}

MetricRegistry& metrics() {
  static auto* const registry = [] {
    auto* made = new MetricRegistry("metric");
    add_metrics(*made);
    return made;
  }();
  return *registry;
}

void add_metrics(MetricRegistry& registry) {
  registry.add<SiMetricOptions>(
      "si", "SI-SDR and its relatives: one gain is forgiven", make_si_metric);
  registry.add<BssV3Options>(
      "bss_v3", "BSS Eval v3, sources: a filter is forgiven; mono", make_bss_v3);
  registry.add<BssImagesOptions>(
      "bss_images", "BSS Eval v3, images: nothing is forgiven", make_bss_images);
  registry.add<BssV4Options>(
      "bss_v4", "BSS Eval v4: as images, median over frames", make_bss_v4);
}

}  // namespace sep
