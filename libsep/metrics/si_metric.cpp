#include "libsep/metrics/si_metric.h"

#include "libsep/metrics/bss_scale.h"

namespace sep {
namespace {

struct SiScore {
  MetricScore score;
  double Scores::*value;
};

const std::vector<SiScore>& si_scores() {
  constexpr auto kReport = ScoreUse::kReport;
  static const std::vector<SiScore> all = {
      {{"si_sdr", "SI-SDR"}, &Scores::si_sdr},
      {{"si_sir", "SI-SIR"}, &Scores::si_sir},
      {{"si_sar", "SI-SAR"}, &Scores::si_sar},
      {{"sd_sdr", "SD-SDR"}, &Scores::sd_sdr},
      {{"snr", "SNR"}, &Scores::snr},
      {{"srr", "SRR", kReport}, &Scores::srr},
      {{"si_sdri", "SI-SDRi"}, &Scores::si_sdri},
      {{"sd_sdri", "SD-SDRi"}, &Scores::sd_sdri},
      {{"snri", "SNRi"}, &Scores::snri},
      {{"mix_si_sdr", "SI-SDR of the mixture", kReport}, &Scores::mix_si_sdr},
      {{"mix_sd_sdr", "SD-SDR of the mixture", kReport}, &Scores::mix_sd_sdr},
      {{"mix_snr", "SNR of the mixture", kReport}, &Scores::mix_snr}};
  return all;
}

class SiMetric final : public Metric {
 public:
  MetricDescription describe() const override {
    MetricDescription description;
    description.title = "SI-SDR and its relatives";
    for (const auto& entry : si_scores()) description.scores.push_back(entry.score);
    return description;
  }

  MetricResults evaluate(const MetricInput& input) const override {
    MetricResults results;
    for (const auto& [name, estimate] : input.estimates) {
      results[name] = score(input.references.at(name), input.mixture, estimate);
    }
    return results;
  }

 private:
  static MetricResult score(const Signal& reference,
                            const Signal& mixture,
                            const Signal& estimate) {
    MetricResult result;
    result.status = score_status(reference, estimate);
    if (!same_shape(reference, mixture) || !is_finite(mixture)) {
      result.status = ScoreStatus::kFailed;
    }
    if (result.status != ScoreStatus::kOk) return result;
    const auto scores = score_estimate(reference, subtract(mixture, reference), estimate);
    for (const auto& entry : si_scores()) {
      result.values[entry.score.name] = scores.*entry.value;
    }
    return result;
  }
};

}  // namespace

std::shared_ptr<const Metric> make_si_metric(const SiMetricOptions& /*options*/) {
  return std::make_shared<SiMetric>();
}

}  // namespace sep
