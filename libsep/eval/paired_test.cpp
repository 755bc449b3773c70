#include "libsep/eval/paired_test.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr size_t kMostExact = 200;

std::vector<size_t> in_order_of(const std::vector<double>& values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return values[a] < values[b];
  });
  return order;
}

/// Twice the ranks, from 1, so that a mean of two is whole.
std::vector<int64_t> doubled_ranks(const std::vector<double>& magnitudes) {
  const auto order = in_order_of(magnitudes);
  std::vector<int64_t> ranks(magnitudes.size());
  for (size_t begin = 0; begin < order.size();) {
    size_t end = begin + 1;
    while (end < order.size() && magnitudes[order[end]] == magnitudes[order[begin]]) ++end;
    for (size_t i = begin; i < end; ++i) {
      ranks[order[i]] = static_cast<int64_t>(begin + 1 + end);
    }
    begin = end;
  }
  return ranks;
}

/// The chance of a sum of at most `limit` where each rank counts with chance 1/2.
double chance_up_to(const std::vector<int64_t>& ranks, int64_t limit) {
  std::vector<double> chance(static_cast<size_t>(limit) + 1, 0.0);
  chance[0] = 1.0;
  for (const auto rank : ranks) {
    for (int64_t sum = limit; sum >= 0; --sum) {
      auto& here = chance[static_cast<size_t>(sum)];
      here *= 0.5;
      if (sum >= rank) here += 0.5 * chance[static_cast<size_t>(sum - rank)];
    }
  }
  return std::accumulate(chance.begin(), chance.end(), 0.0);
}

/// The same by a normal distribution of equal mean and variance.
double normal_chance_up_to(const std::vector<int64_t>& ranks, int64_t limit) {
  double mean = 0.0;
  double variance = 0.0;
  for (const auto rank : ranks) {
    mean += 0.5 * static_cast<double>(rank);
    variance += 0.25 * static_cast<double>(rank) * static_cast<double>(rank);
  }
  // Sums of doubled ranks are two apart.
  const double deviation = (static_cast<double>(limit) + 1.0 - mean) / std::sqrt(variance);
  return 0.5 * std::erfc(-deviation / std::sqrt(2.0));
}

}  // namespace

SignedRankTest signed_rank_test(const std::vector<double>& differences) {
  std::vector<double> magnitudes;
  std::vector<bool> is_above;
  for (const double difference : differences) {
    SEP_CHECK(std::isfinite(difference),
              "a difference of {} has no rank: wants finite ones",
              difference);
    if (difference == 0.0) continue;
    magnitudes.push_back(std::abs(difference));
    is_above.push_back(difference > 0.0);
  }
  SignedRankTest test;
  test.num_different = static_cast<int64_t>(magnitudes.size());
  if (magnitudes.empty()) return test;
  const auto ranks = doubled_ranks(magnitudes);
  int64_t above = 0;
  for (size_t i = 0; i < ranks.size(); ++i) above += is_above[i] ? ranks[i] : 0;
  const int64_t all = std::accumulate(ranks.begin(), ranks.end(), int64_t{0});
  const int64_t smaller = std::min(above, all - above);
  test.w = 0.5 * static_cast<double>(smaller);
  const double chance = ranks.size() <= kMostExact ? chance_up_to(ranks, smaller)
                                                   : normal_chance_up_to(ranks, smaller);
  test.p = std::min(1.0, 2.0 * chance);
  return test;
}

std::vector<double> holm(const std::vector<double>& p) {
  std::vector<double> corrected(p.size());
  double largest = 0.0;
  auto factor = static_cast<double>(p.size());
  for (const size_t i : in_order_of(p)) {
    largest = std::max(largest, std::min(1.0, factor * p[i]));
    corrected[i] = largest;
    factor -= 1.0;
  }
  return corrected;
}

}  // namespace sep
