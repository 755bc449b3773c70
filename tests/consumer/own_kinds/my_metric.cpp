// Minus the mean difference of levels, in dB, over blocks in which the reference plays.
#include <libsep/core/bounds.h>
#include <libsep/metrics/metric.h>

#include <cmath>

#include "my_kinds.h"

namespace {

struct MyMetricOptions {
  double block_seconds = 0.1;

  void validate() const { sep::check_bounds("block_seconds", block_seconds, 0.01, 10.0); }

  template <class Archive>
  void visit(Archive& archive) {
    archive("block_seconds", block_seconds, "0.01 … 10");
  }
};

class MyMetric : public sep::Metric {
 public:
  explicit MyMetric(const MyMetricOptions& options) : options_(options) {}
  sep::MetricDescription describe() const override { return {"Mine", {{"level", "dB"}}}; }

  sep::MetricResults evaluate(const sep::MetricInput& input) const override {
    sep::MetricResults results;
    for (const auto& [name, estimate] : input.estimates) {
      const auto& reference = input.references.at(name);
      auto& result = results[name];
      result.status = sep::score_status(reference, estimate);
      if (result.status != sep::ScoreStatus::kOk) continue;
      const auto length = int64_t(options_.block_seconds * double(reference.sample_rate));
      double sum = 0.0, count = 0.0;
      for (int64_t at = 0; at + length <= reference.num_samples(); at += length) {
        const double wanted = sep::rms(sep::slice(reference, at, at + length));
        const double found = sep::rms(sep::slice(estimate, at, at + length));
        if (wanted < 1e-4) continue;
        sum += std::abs(20.0 * std::log10(std::max(found, 1e-6) / wanted));
        count += 1.0;
      }
      if (count > 0.0) result.values["level"] = -sum / count;
    }
    return results;
  }

 private:
  MyMetricOptions options_;
};

}  // namespace

void add_my_metric() {
  sep::metrics().add<MyMetricOptions>(
      "my_metric", "how well levels are followed", [](const MyMetricOptions& options) {
        return std::make_shared<MyMetric>(options);
      });
}
