#include "libsep/metrics/detail/windowed_filters.h"

namespace sep::bss {
namespace {

void add_product(Spectrum& sum, const Spectrum& a, const Spectrum& b) {
  for (size_t f = 0; f < sum.size(); ++f) {
    sum[f] += std::complex<double>(a[f].real() * b[f].real() - a[f].imag() * b[f].imag(),
                                   a[f].real() * b[f].imag() + a[f].imag() * b[f].real());
  }
}

double squared(double x) { return x * x; }

}  // namespace

WindowedFilters::WindowedFilters(const Input& whole, int64_t filter_length, int64_t window)
    : num_channels_(whole.num_channels),
      filter_length_(filter_length),
      length_(window + filter_length - 1),
      fft_(next_power_of_two(length_)),
      own_(whole.references.size()),
      all_(whole.references.size()) {
  const Projections projections(whole, filter_length);
  sources_ = projections.sources();
  for (const size_t j : sources_) {
    for (int64_t c = 0; c < num_channels_; ++c) {
      own_[j].push_back(spectra_of(projections.own_filters(j, j, c), 1));
      all_[j].push_back(spectra_of(projections.all_filters(j, c), sources_.size()));
    }
  }
}

WindowedFilters::Filters WindowedFilters::spectra_of(const Eigen::VectorXd& filters,
                                                     size_t num_sources) const {
  Filters spectra(num_sources);
  const double* taps = filters.data();
  for (auto& source : spectra) {
    for (int64_t c = 0; c < num_channels_; ++c, taps += filter_length_) {
      source.push_back(fft_.forward(taps, filter_length_));
    }
  }
  return spectra;
}

WindowedFilters::Slices WindowedFilters::transform(const Input& part) const {
  Slices slices;
  for (const auto& channels : part.references) {
    slices.emplace_back();
    for (const float* x : channels) {
      slices.back().push_back(fft_.forward(x, part.num_samples));
    }
  }
  return slices;
}

std::vector<double> WindowedFilters::filtered(
    const std::vector<const std::vector<Spectrum>*>& sources,
    const Filters& filters) const {
  Spectrum sum(static_cast<size_t>(fft_.num_bins()));
  for (size_t i = 0; i < sources.size(); ++i) {
    for (size_t c = 0; c < sources[i]->size(); ++c) {
      add_product(sum, (*sources[i])[c], filters[i][c]);
    }
  }
  const double* samples = fft_.inverse(sum);
  return std::vector<double>(samples, samples + length_);
}

Energies WindowedFilters::energies(const Input& part,
                                   const Slices& slices,
                                   size_t j) const {
  std::vector<const std::vector<Spectrum>*> everything;
  for (const size_t source : sources_) everything.push_back(&slices[source]);
  Energies energies;
  for (size_t c = 0; c < static_cast<size_t>(num_channels_); ++c) {
    const auto own = filtered({&slices[j]}, own_[j][c]);
    const auto all = sources_.size() > 1 ? filtered(everything, all_[j][c]) : own;
    for (size_t n = 0; n < own.size(); ++n) {
      const bool inside = static_cast<int64_t>(n) < part.num_samples;
      const double s = inside ? static_cast<double>(part.references[j][c][n]) : 0.0;
      const double e = inside ? static_cast<double>(part.estimates[j][c][n]) : 0.0;
      energies.reference += squared(s);
      energies.error += squared(e - s);
      energies.target += squared(own[n]);
      energies.all += squared(all[n]);
      energies.interference += squared(all[n] - own[n]);
      energies.artefacts += squared(e - all[n]);
      energies.spatial += squared(own[n] - s);
    }
  }
  return energies;
}

}  // namespace sep::bss
