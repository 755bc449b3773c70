#include "libsep/metrics/detail/lag_correlation.h"

#include <algorithm>

namespace sep::bss {
namespace {

// A block's transform covers the block and the lags after it; eight times the lags keep
// what is transformed twice at an eighth.
int64_t transform_size(int64_t num_lags) {
  return std::max<int64_t>(1024, next_power_of_two(8 * num_lags));
}

// sum += conj(a) b. By parts: the operator looks for infinities in every product.
void add_conjugate_product(Spectrum& sum, const Spectrum& a, const Spectrum& b) {
  for (size_t f = 0; f < sum.size(); ++f) {
    sum[f] += std::complex<double>(a[f].real() * b[f].real() + a[f].imag() * b[f].imag(),
                                   a[f].real() * b[f].imag() - a[f].imag() * b[f].real());
  }
}

}  // namespace

LagCorrelator::LagCorrelator(int64_t num_references,
                             int64_t num_estimates,
                             int64_t num_lags)
    : num_references_(num_references),
      num_channels_(num_references + num_estimates),
      num_lags_(num_lags),
      fft_(transform_size(num_lags)),
      block_length_(fft_.size() - num_lags + 1),
      pending_(static_cast<size_t>(num_channels_)),
      sums_(static_cast<size_t>(num_references * num_channels_),
            Spectrum(static_cast<size_t>(fft_.num_bins()))) {}

void LagCorrelator::add(const std::vector<const float*>& channels, int64_t count) {
  for (size_t c = 0; c < channels.size(); ++c) {
    pending_[c].insert(pending_[c].end(), channels[c], channels[c] + count);
  }
  int64_t begin = 0;
  const auto available = static_cast<int64_t>(pending_.front().size());
  for (; available - begin >= fft_.size(); begin += block_length_) take_block(begin);
  for (auto& samples : pending_) samples.erase(samples.begin(), samples.begin() + begin);
}

// x of the block, y of the block and of the lags after it: no lag wraps around.
void LagCorrelator::take_block(int64_t begin) {
  const auto available = static_cast<int64_t>(pending_.front().size()) - begin;
  std::vector<Spectrum> leading, following;
  for (int64_t c = 0; c < num_channels_; ++c) {
    const float* samples = pending_[static_cast<size_t>(c)].data() + begin;
    following.push_back(fft_.forward(samples, std::min(available, fft_.size())));
    if (c < num_references_) {
      leading.push_back(fft_.forward(samples, std::min(available, block_length_)));
    }
  }
  for (size_t i = 0; i < leading.size(); ++i) {
    for (size_t j = 0; j < following.size(); ++j) {
      add_conjugate_product(sums_[i * following.size() + j], leading[i], following[j]);
    }
  }
}

LagCorrelations LagCorrelator::finish() {
  const auto available = static_cast<int64_t>(pending_.front().size());
  for (int64_t begin = 0; begin < available; begin += block_length_) take_block(begin);
  for (auto& samples : pending_) samples.clear();
  LagCorrelations result;
  result.num_references = num_references_;
  result.num_estimates = num_channels_ - num_references_;
  result.num_lags = num_lags_;
  for (const Spectrum& sum : sums_) {
    const double* lags = fft_.inverse(sum);
    result.values.insert(result.values.end(), lags, lags + num_lags_);
  }
  return result;
}

}  // namespace sep::bss
