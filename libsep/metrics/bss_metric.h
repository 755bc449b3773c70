#pragma once

#include "libsep/metrics/bss_eval.h"
#include "libsep/metrics/metric.h"

/// BSS Eval (bss_eval.h) as metrics. All stems of a piece span what is interference, those
/// without an estimate too; an estimate's scores depend on no other estimate. A stem that
/// is constant throughout has status kSilentReference or kSilentEstimate; where a
/// reference is not finite or of another shape than the mixture, or the piece is shorter
/// than the filter, every estimate is kFailed. By museval's rule a silent reference or
/// estimate gives its status to all estimates of the piece.
namespace sep {

/// bss_v3, for mono alone: sdr, sir, sar. bss_images: sdr, isr, sir, sar, of any number of
/// channels. Frames, where wanted, are those of bss_eval_framewise().
struct BssV3Options {
  int64_t filter_length = 512;              ///< taps, 1 … 8192; all papers have 512
  SilenceRule silence = SilenceRule::kOwn;  ///< museval: as published tables have it
  double window_seconds = 30.0;             ///< of a frame; filter_length … 3600 s
  double hop_seconds = 15.0;                ///< from frame to frame; 0.001 … 3600

  /// Throws ConfigError that names the field, its value and its bound.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("filter_length", filter_length, "taps, 1 … 8192");
    archive("silence", silence, "own: costs the silent stem alone; museval: all of them");
    archive("window_seconds", window_seconds, "of a frame, 0.001 … 3600");
    archive("hop_seconds", hop_seconds, "from frame to frame, 0.001 … 3600");
  }
};
std::shared_ptr<const Metric> make_bss_v3(const BssV3Options& options);

struct BssImagesOptions : BssV3Options {};
std::shared_ptr<const Metric> make_bss_images(const BssImagesOptions& options);

/// bss_v4: sdr, isr, sir, sar, each museval_median() of its frames. Where all frames that
/// have a score are infinite by one sign it is that infinity, and where both signs are
/// there is none. An estimate that rests wherever its reference plays is silent.
struct BssV4Options {
  int64_t filter_length = 512;              ///< taps, 1 … 8192
  SilenceRule silence = SilenceRule::kOwn;  ///< museval: as published tables have it
  double window_seconds = 1.0;              ///< of a frame; filter_length … 3600 s
  double hop_seconds = 1.0;                 ///< from frame to frame; 0.001 … 3600

  /// Throws ConfigError that names the field, its value and its bound.
  void validate() const;

  template <class Archive>
  void visit(Archive& archive) {
    archive("filter_length", filter_length, "taps, 1 … 8192");
    archive("silence", silence, "own: costs the silent stem alone; museval: all of them");
    archive("window_seconds", window_seconds, "of a frame, 0.001 … 3600");
    archive("hop_seconds", hop_seconds, "from frame to frame, 0.001 … 3600");
  }
};
std::shared_ptr<const Metric> make_bss_v4(const BssV4Options& options);

}  // namespace sep
