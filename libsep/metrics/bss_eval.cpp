#include "libsep/metrics/bss_eval.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "libsep/core/error.h"
#include "libsep/metrics/detail/bss_input.h"
#include "libsep/metrics/detail/projections.h"

namespace sep {
namespace {

using bss::Energies;
using bss::Projections;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Scores of every estimate against every reference; NaN where one of them is silent.
struct PairScores {
  std::vector<std::vector<double>> sdr, isr, sir, sar;  ///< [reference][estimate]
};

PairScores no_scores(size_t count) {
  const std::vector<std::vector<double>> none(count, std::vector<double>(count, kNone));
  return {none, none, none, none};
}

void score_pair(
    PairScores& scores, size_t j, size_t e, BssDialect dialect, const Energies& energies) {
  scores.sir[j][e] = bss::ratio_db(energies.target, energies.interference);
  scores.sar[j][e] = bss::ratio_db(energies.all, energies.artefacts);
  if (dialect == BssDialect::kSources) {
    scores.sdr[j][e] = bss::ratio_db(energies.target, energies.distortion);
  } else {
    scores.sdr[j][e] = bss::ratio_db(energies.reference, energies.error);
    scores.isr[j][e] = bss::ratio_db(energies.reference, energies.spatial);
  }
}

PairScores score_pairs(const bss::Input& input,
                       BssDialect dialect,
                       const BssEvalOptions& options) {
  auto scores = no_scores(input.references.size());
  const Projections projections(input, options.filter_length);
  for (size_t j = 0; j < input.references.size(); ++j) {
    for (size_t e = 0; e < input.estimates.size(); ++e) {
      if (options.order == SourceOrder::kGiven && e != j) continue;
      if (input.silent_reference[j] || input.silent_estimate[e]) continue;
      score_pair(scores, j, e, dialect, projections.energies(j, e));
    }
  }
  return scores;
}

double mean_of(const std::vector<std::vector<double>>& sir,
               const std::vector<int64_t>& order) {
  double sum = 0.0;
  for (size_t j = 0; j < order.size(); ++j) sum += sir[j][static_cast<size_t>(order[j])];
  return sum / static_cast<double>(order.size());
}

std::vector<int64_t> best_order(const std::vector<std::vector<double>>& sir) {
  std::vector<int64_t> order(sir.size());
  std::iota(order.begin(), order.end(), 0);
  auto best = order;
  double highest = mean_of(sir, order);
  while (std::next_permutation(order.begin(), order.end())) {
    const double mean = mean_of(sir, order);
    if (mean > highest) {
      highest = mean;
      best = order;
    }
  }
  return best;
}

std::vector<double> ordered(const std::vector<std::vector<double>>& scores,
                            const std::vector<int64_t>& order) {
  std::vector<double> result;
  result.reserve(order.size());
  for (size_t j = 0; j < order.size(); ++j) {
    result.push_back(scores[j][static_cast<size_t>(order[j])]);
  }
  return result;
}

void check_order(const bss::Input& input, const BssEvalOptions& options) {
  if (options.order == SourceOrder::kGiven) return;
  constexpr size_t kMostSources = 8;
  SEP_CHECK(input.references.size() <= kMostSources,
            "{} sources in the best order: wants at most {}",
            input.references.size(),
            kMostSources);
  SEP_CHECK(!input.any_silent(), "the best order of sources: wants none that is silent");
}

BssEvalScores score(BssDialect dialect,
                    const std::vector<Signal>& references,
                    const std::vector<Signal>& estimates,
                    const BssEvalOptions& options) {
  const auto input = bss::make_input(dialect, references, estimates, options);
  SEP_CHECK(options.silence != SilenceRule::kMuseval || !input.any_silent(),
            "a silent reference or estimate: no recording with one has scores by the rule "
            "of museval");
  check_order(input, options);
  const auto pairs = score_pairs(input, dialect, options);
  BssEvalScores scores;
  scores.permutation.resize(references.size());
  std::iota(scores.permutation.begin(), scores.permutation.end(), 0);
  if (options.order == SourceOrder::kBest) scores.permutation = best_order(pairs.sir);
  scores.sdr = ordered(pairs.sdr, scores.permutation);
  if (dialect == BssDialect::kImages) scores.isr = ordered(pairs.isr, scores.permutation);
  scores.sir = ordered(pairs.sir, scores.permutation);
  scores.sar = ordered(pairs.sar, scores.permutation);
  return scores;
}

}  // namespace

BssEvalScores bss_eval_sources(const std::vector<Signal>& references,
                               const std::vector<Signal>& estimates,
                               const BssEvalOptions& options) {
  return score(BssDialect::kSources, references, estimates, options);
}

BssEvalScores bss_eval_images(const std::vector<Signal>& references,
                              const std::vector<Signal>& estimates,
                              const BssEvalOptions& options) {
  return score(BssDialect::kImages, references, estimates, options);
}

}  // namespace sep
