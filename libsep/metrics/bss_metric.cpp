#include "libsep/metrics/bss_metric.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/metrics/detail/bss_piece.h"

namespace sep {
namespace {

using bss::Piece;

/// In samples, as the metric's options have them in seconds.
struct Windows {
  int64_t window = 0;
  int64_t hop = 0;
};

Windows windows_at(double window_seconds, double hop_seconds, int64_t sample_rate) {
  const auto rate = static_cast<double>(sample_rate);
  const auto samples = [rate](double seconds) {
    return std::max<int64_t>(1, std::llround(seconds * rate));
  };
  return {samples(window_seconds), samples(hop_seconds)};
}

template <class Options>
void validate_bss(const Options& options) {
  check_bounds("filter_length", options.filter_length, 1, 8192);
  check_bounds("window_seconds", options.window_seconds, 0.001, 3600.0);
  check_bounds("hop_seconds", options.hop_seconds, 0.001, 3600.0);
}

template <class Options>
BssEvalOptions eval_options(const Options& options) {
  BssEvalOptions result;
  result.filter_length = options.filter_length;
  result.silence = options.silence;
  return result;
}

template <class Options>
void check_window(const Options& options, const MetricData& data) {
  const auto windows =
      windows_at(options.window_seconds, options.hop_seconds, data.sample_rate);
  SEP_CHECK(windows.window >= options.filter_length,
            "window_seconds = {}: wants at least filter_length = {} samples, found {} at "
            "{} Hz",
            options.window_seconds,
            options.filter_length,
            windows.window,
            data.sample_rate);
}

std::vector<MetricScore> scores_of(BssDialect dialect) {
  std::vector<MetricScore> scores = {{"sdr", "SDR"}};
  if (dialect == BssDialect::kImages) scores.push_back({"isr", "ISR"});
  scores.push_back({"sir", "SIR"});
  scores.push_back({"sar", "SAR"});
  return scores;
}

/// Fills `values` with what of stem j's is a number.
template <class At>
void add_values(std::map<std::string, double>& values, BssDialect dialect, const At& at) {
  for (const auto& score : scores_of(dialect)) {
    const double value = at(score.name);
    if (!std::isnan(value)) values[score.name] = value;
  }
}

/// The vectors of BssEvalScores and BssEvalFrames by name.
template <class Result>
const auto& member(const Result& result, const std::string& name) {
  if (name == "sdr") return result.sdr;
  if (name == "isr") return result.isr;
  return name == "sir" ? result.sir : result.sar;
}

std::vector<MetricFrame> frames_of(const BssEvalFrames& frames,
                                   size_t j,
                                   BssDialect dialect,
                                   const Windows& windows,
                                   const Signal& mixture) {
  std::vector<MetricFrame> result;
  const auto rate = static_cast<double>(mixture.sample_rate);
  for (int64_t t = 0; t < frames.num_frames; ++t) {
    const int64_t begin = t * windows.hop;
    const int64_t end = std::min(begin + windows.window, mixture.num_samples());
    result.push_back(
        {static_cast<double>(begin) / rate, static_cast<double>(end) / rate, {}});
    add_values(result.back().values, dialect, [&](const std::string& name) {
      return member(frames, name)[j][static_cast<size_t>(t)];
    });
  }
  return result;
}

class BssV3Metric final : public Metric {
 public:
  BssV3Metric(BssDialect dialect, const BssV3Options& options)
      : dialect_(dialect), options_(options) {}

  MetricDescription describe() const override {
    if (dialect_ == BssDialect::kSources) {
      return {"BSS Eval v3, sources",
              scores_of(dialect_),
              PieceAverage::kMean,
              "A filter of the target is forgiven: no column for SDR of another kind."};
    }
    return {"BSS Eval v3, images",
            scores_of(dialect_),
            PieceAverage::kMean,
            "SDR of images is SNR, offsets included."};
  }

  void check(const MetricData& data) const override {
    SEP_CHECK(dialect_ == BssDialect::kImages || data.num_channels == 1,
              "BSS Eval of sources: wants mono, found {} channels; bss_images and bss_v4 "
              "take any number",
              data.num_channels);
    check_window(options_, data);
  }

  MetricResults evaluate(const MetricInput& input) const override {
    const Piece piece(input, options_.filter_length, options_.silence);
    if (!piece.any_scored()) return piece.results();
    const auto options = eval_options(options_);
    const auto scores =
        dialect_ == BssDialect::kSources
            ? bss_eval_sources(piece.references(), piece.estimates(), options)
            : bss_eval_images(piece.references(), piece.estimates(), options);
    auto results = piece.results();
    for (const auto& [j, name] : piece.scored()) {
      add_values(results[name].values, dialect_, [&, i = j](const std::string& score) {
        return member(scores, score)[i];
      });
    }
    if (input.frames == FrameScores::kWanted) add_frames(piece, input.mixture, results);
    return results;
  }

 private:
  void add_frames(const Piece& piece, const Signal& mixture, MetricResults& results) const {
    const auto windows =
        windows_at(options_.window_seconds, options_.hop_seconds, mixture.sample_rate);
    const auto frames = bss_eval_framewise(dialect_,
                                           piece.references(),
                                           piece.estimates(),
                                           windows.window,
                                           windows.hop,
                                           eval_options(options_));
    const auto shown =
        frames.num_frames == 1 ? Windows{mixture.num_samples(), windows.hop} : windows;
    for (const auto& [j, name] : piece.scored()) {
      results[name].frames = frames_of(frames, j, dialect_, shown, mixture);
    }
  }

  BssDialect dialect_;
  BssV3Options options_;
};

/// museval_median(), but infinite where all frames are, by one sign.
double median_of(const std::vector<double>& frames) {
  const double median = museval_median(frames);
  if (!std::isnan(median)) return median;
  double sum = std::numeric_limits<double>::quiet_NaN();
  for (const double value : frames) {
    if (!std::isnan(value)) sum = std::isnan(sum) ? value : sum + value;
  }
  return sum;
}

class BssV4Metric final : public Metric {
 public:
  explicit BssV4Metric(const BssV4Options& options) : options_(options) {}

  MetricDescription describe() const override {
    return {"BSS Eval v4",
            scores_of(kDialect),
            PieceAverage::kMedian,
            "Of a piece the median over frames, of SDR that of SNR in each frame."};
  }

  void check(const MetricData& data) const override { check_window(options_, data); }

  MetricResults evaluate(const MetricInput& input) const override {
    const Piece piece(input, options_.filter_length, options_.silence);
    auto results = piece.results();
    if (!piece.any_scored()) return results;
    const auto windows = windows_at(
        options_.window_seconds, options_.hop_seconds, input.mixture.sample_rate);
    const auto frames = bss_eval_v4(piece.references(),
                                    piece.estimates(),
                                    windows.window,
                                    windows.hop,
                                    eval_options(options_));
    for (const auto& [j, name] : piece.scored()) {
      auto& result = results[name];
      add_values(result.values, kDialect, [&, i = j](const std::string& score) {
        return median_of(member(frames, score)[i]);
      });
      if (result.values.empty()) result.status = ScoreStatus::kSilentEstimate;
      if (input.frames == FrameScores::kNone || result.values.empty()) continue;
      result.frames = frames_of(frames, j, kDialect, windows, input.mixture);
    }
    return results;
  }

 private:
  static constexpr auto kDialect = BssDialect::kImages;
  BssV4Options options_;
};

}  // namespace

void BssV3Options::validate() const { validate_bss(*this); }

void BssV4Options::validate() const { validate_bss(*this); }

std::shared_ptr<const Metric> make_bss_v3(const BssV3Options& options) {
  options.validate();
  return std::make_shared<BssV3Metric>(BssDialect::kSources, options);
}

std::shared_ptr<const Metric> make_bss_images(const BssImagesOptions& options) {
  options.validate();
  return std::make_shared<BssV3Metric>(BssDialect::kImages, options);
}

std::shared_ptr<const Metric> make_bss_v4(const BssV4Options& options) {
  options.validate();
  return std::make_shared<BssV4Metric>(options);
}

}  // namespace sep
