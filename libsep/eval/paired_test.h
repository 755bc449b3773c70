#pragma once

#include <cstdint>
#include <vector>

namespace sep {

/// Wilcoxon's signed-rank test (Wilcoxon, "Individual comparisons by ranking methods",
/// Biometrics Bulletin 1(6), 1945).
struct SignedRankTest {
  int64_t num_different = 0;  ///< differences other than 0: those that have a rank
  double w = 0.0;             ///< the smaller of the sums of ranks of either sign
  double p = 1.0;             ///< two-sided
};

/// Whether differences of pairs lie about 0. Equal magnitudes share their mean rank; zeros
/// are left out. p is exact, given these ranks, up to 200 differences; above, the normal
/// approximation with ties and continuity allowed for, which is within 1e-3 of it there.
/// Without a difference p is 1. Throws Error for one that is not finite.
SignedRankTest signed_rank_test(const std::vector<double>& differences);

/// p values for their number, in their order: Holm's step-down method ("A simple
/// sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6,
/// 1979).
std::vector<double> holm(const std::vector<double>& p);

}  // namespace sep
