#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "libsep/core/config.h"
#include "libsep/core/signal.h"

namespace sep {

/// BSS Eval (Vincent, Gribonval, Févotte, "Performance measurement in blind audio source
/// separation", IEEE TASLP 14(4), 2006) in the three dialects that papers report. What a
/// separator did to a source is split by what filters of `filter_length` taps explain: with
/// s_j the reference of source j, e its estimate, P_j e the projection of e, each channel
/// on its own, onto the delays by 0 … filter_length - 1 samples of all channels of s_j, and
/// P e that onto the delays of all references,
///
///     sources (v3)  SDR = |P_j e|^2 / |e - P_j e|^2    SIR = |P_j e|^2 / |P e - P_j e|^2
///                                                      SAR = |P e|^2 / |e - P e|^2
///     images (v3)   SDR = |s_j|^2 / |e - s_j|^2, that is SNR
///                   ISR = |s_j|^2 / |P_j e - s_j|^2    SIR, SAR as above
///     v4 (museval)  as images, the filters fitted once to the whole recording, the
///                   energies taken in frames
///
/// in dB, 10 log10, sums over samples and channels. Use sources for separators that may
/// filter their sources freely, images where a source's place and colour count, v4 beside
/// papers of the SiSEC campaigns; never compare a number of one dialect with another's.
/// SI-SDR (bss_scale.h) allows a gain alone, and is what to prefer where nothing has to be
/// compared with older papers (Le Roux et al., ICASSP 2019).
///
/// Computed in double, from correlations at filter_length lags (by FFT) and Cholesky
/// factors: no source is filtered but in v4. Equal to mir_eval's and museval's numbers
/// where those mean something (docs/scores.md).
///
/// A denominator of zero, or below by rounding, gives +inf: SIR of a single source always.
/// No score but that of silence is NaN. An estimate 90 dB above its error keeps its digits:
/// what is projected is the error.

/// What becomes of silence: every sample zero.
enum class SilenceRule {
  kOwn,      ///< a silent reference or estimate has no score (NaN); the others keep theirs,
             ///< and a silent reference takes no part in P
  kMuseval,  ///< mir_eval's and museval's, to compare with published tables: where the sum
             ///< over channels of any reference or estimate is zero throughout, no source
             ///< has a score; for a whole recording that is an Error
};
template <>
struct EnumNames<SilenceRule> {
  static constexpr std::pair<SilenceRule, std::string_view> kValues[] = {
      {SilenceRule::kOwn, "own"}, {SilenceRule::kMuseval, "museval"}};
};

/// Which estimate is scored against which reference.
enum class SourceOrder {
  kGiven,  ///< estimate j against reference j
  kBest,   ///< the order of the highest mean SIR, the first of equal ones; up to 8 sources
};

struct BssEvalOptions {
  int64_t filter_length = 512;  ///< taps; 1 … num_samples. All papers have 512
  SilenceRule silence = SilenceRule::kOwn;
  SourceOrder order = SourceOrder::kGiven;  ///< framewise and v4: kGiven alone
};

/// Scores of a recording by reference, dB; NaN: none.
struct BssEvalScores {
  std::vector<double> sdr, isr, sir, sar;  ///< isr is empty for sources
  std::vector<int64_t> permutation;        ///< [j]: the estimate given to reference j
};

/// Scores by [reference][frame], dB; NaN: none.
struct BssEvalFrames {
  std::vector<std::vector<double>> sdr, isr, sir, sar;  ///< isr is empty for sources
  int64_t num_frames = 0;
};

/// Which of the two dialects of v3.
enum class BssDialect { kSources, kImages };

/// References and estimates: as many of one as of the other, of one length, rate and
/// number of channels (sources: mono). Throws Error where that does not hold, where a
/// sample is not finite, for filter_length out of its bounds, and for silence where the
/// rule or the order says so.
///
/// Memory: references and estimates aside, (S C filter_length)^2 doubles twice (four mono
/// stems 67 MB, four stereo ones 268 MB).
BssEvalScores bss_eval_sources(const std::vector<Signal>& references,
                               const std::vector<Signal>& estimates,
                               const BssEvalOptions& options = {});
BssEvalScores bss_eval_images(const std::vector<Signal>& references,
                              const std::vector<Signal>& estimates,
                              const BssEvalOptions& options = {});

/// Each window [k hop, k hop + window) scored as if it were a recording, filters fitted
/// anew; a partial last one is dropped, and where there are fewer than two the whole
/// recording is scored as one frame. mir_eval's defaults are 30 s and 15 s. Throws Error
/// as above, and unless 1 <= hop and filter_length <= window.
BssEvalFrames bss_eval_framewise(BssDialect dialect,
                                 const std::vector<Signal>& references,
                                 const std::vector<Signal>& estimates,
                                 int64_t window,
                                 int64_t hop,
                                 const BssEvalOptions& options = {});

/// museval's: filters of the whole recording; in each frame of `window` samples, every
/// `hop` (both 1 s there), the references' slices, with nothing from before, go through
/// them. One frame where the recording is no longer than a window. Throws Error as
/// bss_eval_framewise().
BssEvalFrames bss_eval_v4(const std::vector<Signal>& references,
                          const std::vector<Signal>& estimates,
                          int64_t window,
                          int64_t hop,
                          const BssEvalOptions& options = {});

/// museval's one number of a recording: frames rounded to five decimals (half to even),
/// infinite ones left out, the median of the others; NaN where none is left.
double museval_median(const std::vector<double>& frames);

}  // namespace sep
