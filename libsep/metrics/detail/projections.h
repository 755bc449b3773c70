#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "libsep/metrics/detail/bss_input.h"
#include "libsep/metrics/detail/delay_space.h"

namespace sep::bss {

/// What the scores of an estimate e against reference s are ratios of; sums over samples,
/// filter tails included, and channels.
struct Energies {
  double reference = 0.0;     ///< |s|^2
  double error = 0.0;         ///< |e - s|^2
  double target = 0.0;        ///< |P_j e|^2
  double all = 0.0;           ///< |P e|^2
  double interference = 0.0;  ///< |P e - P_j e|^2
  double artefacts = 0.0;     ///< |e - P e|^2
  double distortion = 0.0;    ///< |e - P_j e|^2
  double spatial = 0.0;       ///< |P_j e - s|^2
};

/// The projections of every estimate onto every reference, and onto all that are not
/// silent together.
class Projections {
 public:
  /// Keeps a reference to `input`.
  Projections(const Input& input, int64_t filter_length);

  /// Throws nothing; neither may be silent.
  Energies energies(size_t reference, size_t estimate) const;

  /// Filters (C, L) from the channels of `reference` to channel `channel` of the estimate.
  Eigen::VectorXd own_filters(size_t reference, size_t estimate, int64_t channel) const;

  /// The same from all channels of sources(), one source after another.
  Eigen::VectorXd all_filters(size_t estimate, int64_t channel) const;

  /// The references that are not silent.
  const std::vector<size_t>& sources() const { return sources_; }

 private:
  void add_projected(Energies& energies,
                     size_t reference,
                     size_t estimate,
                     int64_t c) const;
  int64_t channel_index(size_t source, int64_t channel) const;
  int64_t first_among_all(size_t reference) const;  ///< its first channel's place there

  const Input& input_;
  int64_t filter_length_;
  LagCorrelations correlations_;
  std::vector<size_t> sources_;
  std::vector<std::unique_ptr<DelaySpace>> own_;  ///< by reference; none where silent
  std::unique_ptr<DelaySpace> all_;
};

}  // namespace sep::bss
