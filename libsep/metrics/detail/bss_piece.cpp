#include "libsep/metrics/detail/bss_piece.h"

#include <algorithm>

#include "libsep/metrics/detail/bss_input.h"

namespace sep::bss {
namespace {

bool are_whole(const MetricInput& input, int64_t filter_length) {
  if (input.mixture.num_samples() < filter_length) return false;
  return std::all_of(
      input.references.begin(), input.references.end(), [&](const auto& stem) {
        return same_shape(stem.second, input.mixture) && is_finite(stem.second);
      });
}

bool is_silent_to_museval(const Signal& signal) {
  for (int64_t n = 0; n < signal.num_samples(); ++n) {
    double sum = 0.0;
    for (int64_t c = 0; c < signal.num_channels; ++c) {
      sum += static_cast<double>(signal.channel(c)[n]);
    }
    if (sum != 0.0) return false;
  }
  return true;
}

bool any_silent(const std::vector<Signal>& signals) {
  return std::any_of(signals.begin(), signals.end(), is_silent_to_museval);
}

}  // namespace

Piece::Piece(const MetricInput& input, int64_t filter_length, SilenceRule rule) {
  if (!are_whole(input, filter_length)) {
    fail_all(input);
    return;
  }
  add_stems(input, rule);
  if (rule == SilenceRule::kMuseval) share_silence(input);
}

void Piece::fail_all(const MetricInput& input) {
  for (const auto& [name, unused_estimate] : input.estimates) {
    results_[name].status = ScoreStatus::kFailed;
  }
}

void Piece::add_stems(const MetricInput& input, SilenceRule rule) {
  for (const auto& [name, reference] : input.references) {
    // Silence stands in, which costs nothing; by museval's rule it would cost the others.
    auto stand_in = rule == SilenceRule::kMuseval ? reference
                                                  : make_silence(reference.num_channels,
                                                                 reference.num_samples(),
                                                                 reference.sample_rate);
    const auto found = input.estimates.find(name);
    if (found != input.estimates.end()) {
      const auto status = score_status(reference, found->second);
      results_[name].status = status;
      const bool is_ok = status == ScoreStatus::kOk;
      if (is_ok) scored_.emplace_back(references_.size(), name);
      if (is_ok || (status != ScoreStatus::kFailed && rule == SilenceRule::kMuseval)) {
        stand_in = found->second;
      }
    }
    references_.push_back(reference);
    estimates_.push_back(std::move(stand_in));
  }
}

void Piece::share_silence(const MetricInput& input) {
  const bool reference = any_silent(references_);
  if (!reference && !any_silent(estimates_)) return;
  const auto status =
      reference ? ScoreStatus::kSilentReference : ScoreStatus::kSilentEstimate;
  for (const auto& [name, unused_estimate] : input.estimates) {
    if (results_[name].status != ScoreStatus::kFailed) results_[name].status = status;
  }
  scored_.clear();
}

}  // namespace sep::bss
