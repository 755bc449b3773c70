#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "libsep/core/error.h"
#include "libsep/metrics/bss_eval.h"
#include "libsep/metrics/detail/bss_input.h"
#include "libsep/metrics/detail/projections.h"
#include "libsep/metrics/detail/windowed_filters.h"

namespace sep {
namespace {

using bss::Energies;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

void check_windows(int64_t window, int64_t hop, const BssEvalOptions& options) {
  SEP_CHECK(hop >= 1, "hop = {}: wants at least 1", hop);
  SEP_CHECK(window >= options.filter_length,
            "window = {}: wants at least filter_length = {}",
            window,
            options.filter_length);
  SEP_CHECK(options.order == SourceOrder::kGiven,
            "the best order of sources: wants a whole recording, found frames");
}

BssEvalFrames empty_frames(size_t num_sources, int64_t num_frames, BssDialect dialect) {
  const std::vector<std::vector<double>> none(
      num_sources, std::vector<double>(static_cast<size_t>(num_frames), kNone));
  BssEvalFrames frames{none, none, none, none, num_frames};
  if (dialect == BssDialect::kSources) frames.isr.clear();
  return frames;
}

void set_frame(BssEvalFrames& frames,
               size_t j,
               size_t t,
               BssDialect dialect,
               const Energies& energies) {
  frames.sir[j][t] = bss::ratio_db(energies.target, energies.interference);
  frames.sar[j][t] = bss::ratio_db(energies.all, energies.artefacts);
  if (dialect == BssDialect::kSources) {
    frames.sdr[j][t] = bss::ratio_db(energies.target, energies.distortion);
  } else {
    frames.sdr[j][t] = bss::ratio_db(energies.reference, energies.error);
    frames.isr[j][t] = bss::ratio_db(energies.reference, energies.spatial);
  }
}

bool is_scored(const bss::Input& part, size_t j, SilenceRule rule) {
  if (rule == SilenceRule::kMuseval) return !part.any_silent();
  return !part.silent_reference[j] && !part.silent_estimate[j];
}

// Fills frame t from its own samples by `energies_of(j)`, which is asked only for sources
// that have a score there.
template <class EnergiesOf>
void score_frame(BssEvalFrames& frames,
                 size_t t,
                 const bss::Input& part,
                 BssDialect dialect,
                 SilenceRule rule,
                 const EnergiesOf& energies_of) {
  for (size_t j = 0; j < part.references.size(); ++j) {
    if (is_scored(part, j, rule)) set_frame(frames, j, t, dialect, energies_of(j));
  }
}

}  // namespace

BssEvalFrames bss_eval_framewise(BssDialect dialect,
                                 const std::vector<Signal>& references,
                                 const std::vector<Signal>& estimates,
                                 int64_t window,
                                 int64_t hop,
                                 const BssEvalOptions& options) {
  check_windows(window, hop, options);
  const auto input = bss::make_input(dialect, references, estimates, options);
  int64_t num_frames = (input.num_samples - window + hop) / hop;
  if (num_frames < 2) {
    num_frames = 1;
    window = input.num_samples;
  }
  auto frames = empty_frames(references.size(), num_frames, dialect);
  for (int64_t t = 0; t < num_frames; ++t) {
    const auto part = bss::slice_input(input, t * hop, t * hop + window, options.silence);
    std::optional<bss::Projections> projections;
    const auto energies_of = [&](size_t j) {
      if (!projections) projections.emplace(part, options.filter_length);
      return projections->energies(j, j);
    };
    score_frame(
        frames, static_cast<size_t>(t), part, dialect, options.silence, energies_of);
  }
  return frames;
}

BssEvalFrames bss_eval_v4(const std::vector<Signal>& references,
                          const std::vector<Signal>& estimates,
                          int64_t window,
                          int64_t hop,
                          const BssEvalOptions& options) {
  check_windows(window, hop, options);
  constexpr auto kDialect = BssDialect::kImages;
  const auto input = bss::make_input(kDialect, references, estimates, options);
  SEP_CHECK(options.silence != SilenceRule::kMuseval || !input.any_silent(),
            "a silent reference or estimate: no recording with one has scores by the rule "
            "of museval");
  int64_t num_frames = (input.num_samples - window + hop) / hop;
  if (window >= input.num_samples) {
    num_frames = 1;
    window = input.num_samples;
  }
  auto frames = empty_frames(references.size(), num_frames, kDialect);
  const bss::WindowedFilters filters(input, options.filter_length, window);
  for (int64_t t = 0; t < num_frames; ++t) {
    const auto part = bss::slice_input(input, t * hop, t * hop + window, options.silence);
    const auto slices = filters.transform(part);
    const auto energies_of = [&](size_t j) { return filters.energies(part, slices, j); };
    score_frame(
        frames, static_cast<size_t>(t), part, kDialect, options.silence, energies_of);
  }
  return frames;
}

double museval_median(const std::vector<double>& frames) {
  std::vector<double> kept;
  for (const double score : frames) {
    if (std::isfinite(score)) kept.push_back(std::nearbyint(score * 1e5) / 1e5);
  }
  if (kept.empty()) return kNone;
  std::sort(kept.begin(), kept.end());
  const size_t middle = kept.size() / 2;
  return kept.size() % 2 == 1 ? kept[middle] : (kept[middle - 1] + kept[middle]) / 2.0;
}

}  // namespace sep
