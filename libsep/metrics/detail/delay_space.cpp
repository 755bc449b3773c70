#include "libsep/metrics/detail/delay_space.h"

#include <limits>
#include <utility>

namespace sep::bss {
namespace {

// <x_i delayed by a, x_j delayed by b> depends on a - b alone.
Eigen::MatrixXd gram_matrix(const LagCorrelations& correlations,
                            const std::vector<int64_t>& channels) {
  const int64_t num_lags = correlations.num_lags;
  const auto count = static_cast<int64_t>(channels.size());
  Eigen::MatrixXd gram(count * num_lags, count * num_lags);
  for (int64_t i = 0; i < count; ++i) {
    for (int64_t j = 0; j < count; ++j) {
      const auto row = channels[static_cast<size_t>(i)];
      const auto column = channels[static_cast<size_t>(j)];
      const double* ahead = correlations.at(row, column);
      const double* behind = correlations.at(column, row);
      for (int64_t b = 0; b < num_lags; ++b) {
        for (int64_t a = 0; a < num_lags; ++a) {
          gram(i * num_lags + a, j * num_lags + b) = a >= b ? ahead[a - b] : behind[b - a];
        }
      }
    }
  }
  return gram;
}

// A condition from which no digit of a solution means anything: rounding in a matrix of n
// rows is n eps of its norm.
bool is_singular(const Eigen::LLT<Eigen::MatrixXd>& factor) {
  const auto rows = static_cast<double>(factor.matrixLLT().rows());
  return factor.info() != Eigen::Success ||
         factor.rcond() < rows * std::numeric_limits<double>::epsilon();
}

}  // namespace

DelaySpace::DelaySpace(const LagCorrelations& correlations, std::vector<int64_t> channels)
    : correlations_(correlations),
      channels_(std::move(channels)),
      gram_(gram_matrix(correlations_, channels_)),
      factor_(gram_) {
  constexpr double kRidge = 1e-12;
  double ridge = kRidge * gram_.diagonal().mean();
  for (bool singular = is_singular(factor_); singular; ridge *= 10.0) {
    Eigen::MatrixXd ridged = gram_;
    ridged.diagonal().array() += ridge;
    factor_.compute(ridged);
    singular = factor_.info() != Eigen::Success;
  }
}

Eigen::VectorXd DelaySpace::products(int64_t estimate) const {
  const int64_t num_lags = correlations_.num_lags;
  Eigen::VectorXd result(gram_.rows());
  for (size_t c = 0; c < channels_.size(); ++c) {
    const double* lags =
        correlations_.at(channels_[c], correlations_.num_references + estimate);
    result.segment(static_cast<int64_t>(c) * num_lags, num_lags) =
        Eigen::Map<const Eigen::VectorXd>(lags, num_lags);
  }
  return result;
}

Eigen::VectorXd DelaySpace::products_with_own(int64_t c) const {
  return gram_.col(c * correlations_.num_lags);
}

Eigen::VectorXd DelaySpace::filters(const Eigen::VectorXd& products) const {
  return factor_.solve(products);
}

double DelaySpace::energy(const Eigen::VectorXd& filters) const {
  return filters.dot(gram_ * filters);
}

}  // namespace sep::bss
