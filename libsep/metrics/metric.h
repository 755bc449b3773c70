#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "libsep/core/kind.h"
#include "libsep/core/signal.h"
#include "libsep/metrics/score_status.h"

/// A metric gives numbers to the estimates of a piece, from its stems and its mixture. Ours
/// are
///
///     si          SI-SDR and its relatives, what every evaluation has      si_metric.h
///     bss_v3      BSS Eval v3, sources                                     bss_metric.h
///     bss_images  BSS Eval v3, images
///     bss_v4      BSS Eval v4, museval's
///
/// and docs/scores.md says when to read which. One of your own:
///
///     struct MyOptions { …; template <class Archive> void visit(Archive&) { … } };
///     class MyMetric : public Metric {
///       MetricDescription describe() const override {
///         return {"Mine", {{"loudness_error", "error"}}};
///       }
///       MetricResults evaluate(const MetricInput& input) const override {
///         MetricResults results;
///         for (const auto& [name, estimate] : input.estimates) {
///           auto& result = results[name];
///           result.status = score_status(input.references.at(name), estimate);
///           if (result.status != ScoreStatus::kOk) continue;
///           result.values["loudness_error"] = …;
///         }
///         return results;
///       }
///     };
///     metrics().add<MyOptions>("mine", "what it is", [](const MyOptions& options) {
///       return std::make_shared<MyMetric>(options);
///     });
///
/// It is then a metric of `sep-eval --metrics mine` and a score of
/// `train.choose_by: mine.loudness_error`.
namespace sep {

/// What a score may be used for.
enum class ScoreUse {
  kChoose,  ///< higher is better: a training may choose its best epoch by it
  kReport,  ///< tables alone
};

/// A score that a metric gives, in dB.
struct MetricScore {
  std::string name;   ///< "sdr": small letters, digits and underscores
  std::string title;  ///< of its column: "SDR"
  ScoreUse use = ScoreUse::kChoose;
};

/// What one number of several pieces is, as papers print it.
enum class PieceAverage {
  kMean,    ///< mean ± standard deviation
  kMedian,  ///< median
};

struct MetricDescription {
  std::string title;                ///< "BSS Eval v3, sources"
  std::vector<MetricScore> scores;  ///< in the order of tables; at least one
  PieceAverage average = PieceAverage::kMean;
  std::string remark = {};  ///< a sentence for readers of tables; may be empty
};

/// What all pieces of a dataset have in common.
struct MetricData {
  int64_t num_channels = 1;
  int64_t sample_rate = 44100;  ///< Hz
};

enum class FrameScores {
  kNone,
  kWanted,  ///< values over time too, where a metric has them
};

/// A piece: stems by name, all of one length, rate and number of channels, and estimates of
/// some of them.
struct MetricInput {
  const std::map<std::string, Signal>& references;  ///< every stem of the mixture
  const Signal& mixture;
  const std::map<std::string, Signal>& estimates;  ///< names are those of references
  FrameScores frames = FrameScores::kNone;
};

/// The scores of a part of a piece.
struct MetricFrame {
  double begin_seconds = 0.0;
  double end_seconds = 0.0;
  std::map<std::string, double> values;  ///< by MetricScore::name; without what has none
};

/// What one estimate gets.
struct MetricResult {
  ScoreStatus status = ScoreStatus::kOk;

  /// By MetricScore::name, dB; infinite is a value, no number (NaN) is none. A score that
  /// is not there this estimate does not have. Empty unless status is kOk.
  std::map<std::string, double> values;

  std::vector<MetricFrame> frames;  ///< in order, where they are wanted; may be empty
};
using MetricResults = std::map<std::string, MetricResult>;  ///< one an estimate

class Metric {
 public:
  Metric() = default;
  virtual ~Metric() = default;
  Metric(const Metric&) = delete;
  Metric& operator=(const Metric&) = delete;

  virtual MetricDescription describe() const = 0;

  /// Throws Error, "wants mono, found 2 channels", where such data cannot have it: asked
  /// before hours are spent.
  virtual void check(const MetricData& /*data*/) const {}

  /// The scores of all estimates of a piece. What a piece holds is no error: a silent or
  /// broken estimate is a status of its own, and the others keep their scores. Any number
  /// of threads.
  virtual MetricResults evaluate(const MetricInput& input) const = 0;
};

/// metric.evaluate(), held to its word: NaN, or a broken estimate with values, becomes
/// kFailed, and frames lose their NaN. Throws Error, with the metric's `name`, for an
/// estimate whose name no reference has, for one without a result, and for a score that the
/// metric does not describe.
MetricResults evaluate_metric(const std::string& name,
                              const Metric& metric,
                              const MetricInput& input);

using MetricRegistry = Registry<std::shared_ptr<const Metric>()>;

/// The metrics that Kind<metrics> chooses from. Ours are in it from its first use; a
/// program adds its own before it reads a config.
MetricRegistry& metrics();

/// One of them with its options.
using MetricKind = Kind<metrics>;

/// Adds ours to a registry.
void add_metrics(MetricRegistry& registry);

}  // namespace sep
