#pragma once

#include <memory>

#include "libsep/train/loss.h"

/// Losses on samples, for any network: what gives masks is transformed back first.
namespace sep {

/// waveform_l1: mean of |e - s| over B, S, C and N.
struct WaveformL1Options {
  template <class Archive>
  void visit(Archive&) {}
};
std::shared_ptr<Loss> make_waveform_l1(const WaveformL1Options& options);

/// waveform_l2: mean of (e - s)^2.
struct WaveformL2Options {
  template <class Archive>
  void visit(Archive&) {}
};
std::shared_ptr<Loss> make_waveform_l2(const WaveformL2Options& options);

}  // namespace sep
