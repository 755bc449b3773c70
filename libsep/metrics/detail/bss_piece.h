#pragma once

#include <string>
#include <utility>
#include <vector>

#include "libsep/metrics/bss_eval.h"
#include "libsep/metrics/metric.h"

namespace sep::bss {

/// A piece as BSS Eval wants it: as many estimates as references. Where an estimate is
/// missing or cannot be scored another signal stands in, which changes no other's score.
class Piece {
 public:
  Piece(const MetricInput& input, int64_t filter_length, SilenceRule rule);

  const std::vector<Signal>& references() const { return references_; }
  const std::vector<Signal>& estimates() const { return estimates_; }

  /// The estimates that have scores: index among references(), name.
  const std::vector<std::pair<size_t, std::string>>& scored() const { return scored_; }
  bool any_scored() const { return !scored_.empty(); }

  /// Status of every estimate, without values.
  const MetricResults& results() const { return results_; }

 private:
  void fail_all(const MetricInput& input);
  void add_stems(const MetricInput& input, SilenceRule rule);
  void share_silence(const MetricInput& input);

  std::vector<Signal> references_;
  std::vector<Signal> estimates_;
  std::vector<std::pair<size_t, std::string>> scored_;
  MetricResults results_;
};

}  // namespace sep::bss
