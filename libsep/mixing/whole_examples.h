#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "libsep/mixing/fold_mixtures.h"
#include "libsep/mixing/stem_reader.h"
#include "libsep/mixing/waveform_example.h"

namespace sep {

/// Pieces from beginning to end, an example each, of one length or not: what a training on
/// segments is validated on. The mixture is the sum of the stems asked for.
class WholePieces : public WaveformExamples {
 public:
  /// `pieces` are indices of the reader. Throws Error where there is none, and for a stem
  /// that one of them lacks.
  WholePieces(std::shared_ptr<const StemReader> reader,
              std::vector<size_t> pieces,
              std::vector<StemName> stems);

  const std::vector<StemName>& stems() const override { return stems_; }
  std::optional<int64_t> size() const override {
    return static_cast<int64_t>(pieces_.size());
  }
  WaveformExample get(int64_t iteration, int64_t index) const override;

 private:
  std::shared_ptr<const StemReader> reader_;
  std::vector<size_t> pieces_;
  std::vector<StemName> stems_;
};

/// Some stems of examples, whose mixtures stay what they are: the targets of a network.
class ChosenStems : public WaveformExamples {
 public:
  /// Keeps a reference to `examples`. Throws Error for a stem that they lack.
  ChosenStems(const WaveformExamples& examples, std::vector<StemName> stems);

  const std::vector<StemName>& stems() const override { return stems_; }
  std::optional<int64_t> size() const override { return examples_.size(); }
  WaveformExample get(int64_t iteration, int64_t index) const override;

 private:
  const WaveformExamples& examples_;
  std::vector<StemName> stems_;
  std::vector<int64_t> places_;  // in examples_
};

/// Rendered mixtures as waveforms, for networks and losses that want more of them than
/// magnitudes. The mixture is that of all its stems, also of those not asked for.
class MixtureExamples : public WaveformExamples {
 public:
  /// Keeps a reference to `mixtures`. Throws Error for a stem that one of them lacks.
  MixtureExamples(const std::vector<Mixture>& mixtures, std::vector<StemName> stems);

  const std::vector<StemName>& stems() const override { return stems_; }
  std::optional<int64_t> size() const override {
    return static_cast<int64_t>(mixtures_.size());
  }
  WaveformExample get(int64_t iteration, int64_t index) const override;

 private:
  const std::vector<Mixture>& mixtures_;
  std::vector<StemName> stems_;
};

}  // namespace sep
