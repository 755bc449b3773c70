#pragma once

#include "libsep/metrics/metric.h"

namespace sep {

/// The twelve scores of bss_scale.h: si_sdr, si_sir, si_sar, sd_sdr, snr, srr, si_sdri,
/// sd_sdri, snri, mix_si_sdr, mix_sd_sdr, mix_snr. The last three, of doing nothing, and
/// srr, which an estimate of another level has low, are nothing to choose an epoch by.
///
/// Each estimate on its own; the rest is the mixture without the reference. The default:
/// it forgives a separator one gain, and nothing else, and is what most papers since 2019
/// have.
struct SiMetricOptions {
  template <class Archive>
  void visit(Archive& /*archive*/) {}
};
std::shared_ptr<const Metric> make_si_metric(const SiMetricOptions& options);

}  // namespace sep
