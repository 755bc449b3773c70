#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "libsep/metrics/detail/lag_correlation.h"

namespace sep::bss {

/// The span of the delays by 0 … L-1 samples of some reference channels, onto which
/// estimates are projected: filters h = G^-1 d, with G the Gram matrix of the delays and d
/// their products with the estimate. Row c L + k belongs to delay k of the c-th channel.
///
/// Where G is singular in double (a source low-passed and never dithered, stereo channels
/// in proportion), 1e-12 of the mean of its diagonal is added to it. Energies are those of
/// the filters found, not of the ideal ones, so that the ridge, and rounding in h, enter
/// them in second order.
class DelaySpace {
 public:
  /// Keeps a reference to `correlations`.
  DelaySpace(const LagCorrelations& correlations, std::vector<int64_t> channels);

  /// (channels L), the products of the delays with an estimate channel.
  Eigen::VectorXd products(int64_t estimate) const;

  /// The same with channel c of the space: the delay of it by nothing.
  Eigen::VectorXd products_with_own(int64_t c) const;

  /// (channels L) of the projection of a signal with these products.
  Eigen::VectorXd filters(const Eigen::VectorXd& products) const;

  /// |sum of filtered references|^2: h' G h.
  double energy(const Eigen::VectorXd& filters) const;

 private:
  const LagCorrelations& correlations_;
  std::vector<int64_t> channels_;
  Eigen::MatrixXd gram_;
  Eigen::LLT<Eigen::MatrixXd> factor_;
};

}  // namespace sep::bss
