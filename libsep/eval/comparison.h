#pragma once

#include <string>
#include <vector>

#include "libsep/core/csv.h"
#include "libsep/eval/further_metrics.h"
#include "libsep/eval/paired_test.h"
#include "libsep/eval/score_row.h"

namespace sep {

/// What two models make of the same pieces.
struct Comparison {
  std::string score;  ///< "SI-SDR", "bss_v3.sdr"
  std::string first;  ///< the models, as tables call them: "Model A", "Model A, legacy"
  std::string second;
  std::string instrument;        ///< `all`: a piece's mean over those that both have
  int64_t num_pieces = 0;        ///< that both have a finite score of
  int64_t num_left_out = 0;      ///< others that either was to be scored on
  double mean_difference = 0.0;  ///< second - first, dB; NaN for no pieces
  SignedRankTest test;
  double p_holm = 1.0;  ///< for all comparisons of this score by instrument, or by `all`
};

/// Each two models of the rows `model`, in the order of their first rows: pieces are paired
/// by name, and a piece's score is its mean over a model's seeds. By score, pair and
/// instrument; improvements over the mixture are left out, whose differences are their
/// score's. Throws Error where there are fewer than two models, and for two that have no
/// piece in common.
std::vector<Comparison> compare_models(const std::vector<ScoreRow>& rows,
                                       const FurtherMetrics& further = {});

/// comparison.csv: score, first, second, instrument, num_pieces, num_left_out,
/// mean_difference_db, wilcoxon_w, p, p_holm.
CsvTable comparison_table(const std::vector<Comparison>& comparisons);

/// A section of summary.md: SI-SDR alone.
std::string comparison_markdown(const std::vector<Comparison>& comparisons);

}  // namespace sep
