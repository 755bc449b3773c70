#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "libsep/metrics/detail/projections.h"

namespace sep::bss {

/// BSS Eval v4: filters of a whole recording, through which slices of its references go.
class WindowedFilters {
 public:
  WindowedFilters(const Input& whole, int64_t filter_length, int64_t window);

  /// Spectra of a slice's references, [reference][channel].
  using Slices = std::vector<std::vector<Spectrum>>;
  Slices transform(const Input& part) const;

  /// Energies of estimate j against reference j in a slice, filter tails included.
  /// `distortion` is left at 0: v4 has no use for it.
  Energies energies(const Input& part, const Slices& slices, size_t j) const;

 private:
  using Filters = std::vector<std::vector<Spectrum>>;  ///< [source][channel]

  Filters spectra_of(const Eigen::VectorXd& filters, size_t num_sources) const;
  std::vector<double> filtered(const std::vector<const std::vector<Spectrum>*>& sources,
                               const Filters& filters) const;

  int64_t num_channels_;
  int64_t filter_length_;
  int64_t length_;  ///< of a slice with its tail
  mutable RealFft fft_;
  std::vector<size_t> sources_;            ///< references that are not silent
  std::vector<std::vector<Filters>> own_;  ///< [source][channel of its estimate]
  std::vector<std::vector<Filters>> all_;  ///< likewise
};

}  // namespace sep::bss
