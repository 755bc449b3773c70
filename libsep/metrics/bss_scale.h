#pragma once

#include <vector>

#include "libsep/core/signal.h"

namespace sep {

/// Raised whenever the scores of unchanged audio change.
///   1  first published tables
///   2  SI-SAR is +inf where all that is left as artefacts is rounding; it was what
///   rounding
///      left, 130 to 330 dB
inline constexpr int kScoresVersion = 2;

/// The twelve scores of one estimate, in dB.
struct Scores {
  double si_sdr = 0.0;
  double si_sir = 0.0;
  double si_sar = 0.0;
  double sd_sdr = 0.0;
  double snr = 0.0;
  double srr = 0.0;
  double si_sdri = 0.0;  ///< improvement: minus the mixture's
  double sd_sdri = 0.0;
  double snri = 0.0;
  double mix_si_sdr = 0.0;  ///< of doing nothing: the sum of the references as estimate
  double mix_sd_sdr = 0.0;
  double mix_snr = 0.0;
};

/// Scores of the estimate e of a target whose reference is s, where `rest` is the sum
/// of everything else in the mixture. Means are removed from all three first; no
/// epsilon anywhere; in double.
///
///     a = <e, s> / |s|^2,   r = e - a s,   R = [s, rest],   b = (R^T R)^-1 R^T r
///     SI-SDR = 10 log10(|a s|^2 / |e - a s|^2)
///     SI-SIR = 10 log10(|a s|^2 / |R b|^2)
///     SI-SAR = 10 log10(|a s|^2 / |r - R b|^2)
///     SNR    = 10 log10(|s|^2 / |e - s|^2)
///     SD-SDR = SNR + 10 log10(a^2)
///     SRR    = -10 log10((1 - 1/a)^2)
///
/// after Le Roux, Wisdom, Erdogan, Hershey, "SDR – half-baked or well done?", ICASSP
/// 2019, as nussl's BSSEvalScale computes them (docs/protocol.md).
///
/// No score is NaN. A ratio with nothing above is -inf, else one with nothing below
/// +inf; an improvement from an infinity to the same infinity is 0. Where `rest` is
/// silent, or a multiple of s to within -200 dB, R is s alone and SI-SIR is +inf.
///
/// Artefacts r - R b that rounding alone can leave are none, and SI-SAR is +inf. Of N
/// samples, sums of products err by up to N u of the product of the norms (u = 2^-53),
/// which enters three times (the means, a and the projection on rest), so that rounding
/// leaves up to
///
///     3 (N + 4) u (|e| + |a s| + |b rest|)
///
/// b the part of rest. The same for signals, whose samples were rounded to float: 2^-24 is
/// added to 3 (N + 4) u, some -140 dB. That holds for mixtures of a dozen stems summed in
/// float, whose errors add by their squares.
///
/// Throws Error on unequal lengths, samples that are not finite, and a reference or an
/// estimate without energy: those have no scores, and the caller decides what to do.
/// A signal whose samples are all equal is without energy, whatever their value, as
/// is_silent() says: nothing is left of it once its mean is removed.
Scores score_estimate(const std::vector<double>& reference,
                      const std::vector<double>& rest,
                      const std::vector<double>& estimate);

/// The same for signals. Several channels: the mean over channels of each score, as
/// nussl reports it; -inf where one channel is at -inf. Throws Error also where rates
/// or channels differ, and where the reference or the estimate is without energy in
/// any one channel.
Scores score_estimate(const Signal& reference, const Signal& rest, const Signal& estimate);

/// SI-SDR alone, without removing means:
/// 10 log10(|a s|^2 / |a s - e|^2), a = <e, s> / |s|^2.
///
/// +inf for a multiple of the reference, -inf for an estimate without any of it (an
/// all-zero one too). Throws Error on unequal lengths, samples that are not finite, and
/// an all-zero reference.
double si_sdr(const std::vector<double>& reference, const std::vector<double>& estimate);

}  // namespace sep
