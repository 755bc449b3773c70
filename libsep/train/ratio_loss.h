#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "libsep/core/config.h"
#include "libsep/train/loss.h"

/// Losses that are ratios of energies in dB. In what follows e is an estimate, s its
/// target, x the mixture; |.|^2 and <.,.> are sums over one stem of one item, all channels
/// together; the loss is the mean over items and stems.
///
/// The two domains differ in what they sum over:
///
/// - waveform: samples.
/// - spectrum, for real masks M: bins, without complex numbers or an inverse transform.
/// With
///   X and S the spectra, P = M |X| and Q = Re(conj(X) S) / |X|, the sums over T and F are
///
///       |e|^2 = sum P^2,   <e, s> = sum P Q,   |s|^2 = sum |S|^2,
///       |e - s|^2 = sum |M X - S|^2 = sum (P - Q)^2 + sum (|S|^2 - Q^2)
///
///   All bins count once, 0 Hz and the highest too. It is the waveform's loss where M X is
///   some signal's spectrum; else what the inverse transform would take away counts as
///   error besides.
namespace sep {

enum class LossDomain {
  kAuto,      ///< spectrum where there are real masks, else waveform
  kSpectrum,  ///< real masks only
  kWaveform,
};
template <>
struct EnumNames<LossDomain> {
  static constexpr std::pair<LossDomain, std::string_view> kValues[] = {
      {LossDomain::kAuto, "auto"},
      {LossDomain::kSpectrum, "spectrum"},
      {LossDomain::kWaveform, "waveform"}};
};

/// How error E and target A become a cost. With t = 10^(-max_db / 10), eps = 1e-8 and
///
///     snr:     E = |e - s|^2,   A = |s|^2
///     si_sdr:  E = |e - a s|^2, A = |a s|^2,  a = <e, s> / (|s|^2 + eps)
///              (clamped: / max(|s|^2, eps))
///
/// a cost is 10 log10 of
enum class RatioForm {
  kSoft,       ///< snr: E / D + t, D = max(|s|^2, 1e-3 |x|^2, eps); si_sdr: see there
  kThreshold,  ///< (E + t A + eps) / (A + eps): mixture-invariant training's
  kLogMse,     ///< E + t A + eps: threshold's gradient, louder items cost more
  kPlain,      ///< 1 / (A / (E + eps) + eps): asteroid's and auraloss's; a silent target
               ///< costs 80 dB and teaches nothing; max_db means nothing
  kClamped,    ///< E / max(A, eps), clamped to t … 1 / t: no gradient beyond
};
template <>
struct EnumNames<RatioForm> {
  static constexpr std::pair<RatioForm, std::string_view> kValues[] = {
      {RatioForm::kSoft, "soft"},
      {RatioForm::kThreshold, "threshold"},
      {RatioForm::kLogMse, "log_mse"},
      {RatioForm::kPlain, "plain"},
      {RatioForm::kClamped, "clamped"}};
};

/// What snr and si_sdr are told.
struct RatioLossOptions {
  LossDomain domain = LossDomain::kAuto;
  RatioForm form = RatioForm::kSoft;
  double max_db = 30.0;      ///< better estimates than this gain little; 1 … 100
  bool remove_mean = false;  ///< of each channel, of e and s; waveform only

  /// Throws ConfigError that names the field, its value and its bound.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("domain", domain, "auto: spectrum where there are real masks, else waveform");
    archive(
        "form", form, "soft, threshold, log_mse, plain or clamped (train/ratio_loss.h)");
    archive("max_db", max_db, "better estimates than this gain little; 1 … 100");
    archive("remove_mean", remove_mean, "of each channel; waveform only");
  }
};

/// snr: the error against the target, levels included. In its soft form a target that rests
/// asks for silence: -max_db for that, 0 dB for what lies 30 dB under the mixture.
struct SnrOptions : RatioLossOptions {};
std::shared_ptr<Loss> make_snr(const SnrOptions& options);

/// si_sdr: the same whatever the estimate's level. Its soft form, with
/// r = <e, s>^2 / D (what of e is the target),
/// p = max(|e|^2, 1e-6 |x|^2, eps) (all of e; 60 dB under the mixture level counts again):
///
///     (p - r + t p) / (r + t p)
///
/// is -SI-SDR between -max_db and max_db, and goes flat there. A silent target has no level
/// to compare with: it costs max_db and teaches nothing. Where stems rest, take snr.
struct SiSdrOptions : RatioLossOptions {};
std::shared_ptr<Loss> make_si_sdr(const SiSdrOptions& options);

}  // namespace sep
