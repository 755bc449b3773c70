#pragma once

#include <cstdint>
#include <vector>

#include "libsep/core/signal.h"
#include "libsep/metrics/bss_eval.h"

namespace sep::bss {

/// Views of what is scored, [source][channel], num_samples each.
struct Input {
  std::vector<std::vector<const float*>> references, estimates;
  std::vector<bool> silent_reference, silent_estimate;  ///< by the rule of the options
  int64_t num_channels = 1;
  int64_t num_samples = 0;

  bool any_silent() const;
};

/// Checks references and estimates as bss_eval_sources() says; keeps views of them.
Input make_input(BssDialect dialect,
                 const std::vector<Signal>& references,
                 const std::vector<Signal>& estimates,
                 const BssEvalOptions& options);

/// Samples [begin, end) of it; silence anew.
Input slice_input(const Input& input, int64_t begin, int64_t end, SilenceRule rule);

/// 10 log10(above / below); +inf where `below` is not above zero, -inf where `above` is
/// not.
double ratio_db(double above, double below);

}  // namespace sep::bss
