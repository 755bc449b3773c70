#include "libsep/metrics/bss_scale.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kSamePower = 1e-20;  // -200 dB, far above what rounding leaves in double

constexpr double kDoubleRounding = 0x1p-53;
constexpr double kFloatRounding = 0x1p-24;

using Values = std::vector<double>;

double dot(const Values& a, const Values& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

double energy(const Values& values) { return dot(values, values); }

double ratio_db(double above, double below) {
  if (above == 0.0) return -kInfinity;  // 0 / 0 too
  return 10.0 * std::log10(above / below);
}

// a - factor * b
Values subtract_scaled(const Values& a, double factor, const Values& b) {
  Values result(a.size());
  for (size_t n = 0; n < a.size(); ++n) result[n] = a[n] - factor * b[n];
  return result;
}

void check_finite(const Values& values, const char* name) {
  const auto wrong = std::find_if_not(
      values.begin(), values.end(), [](double value) { return std::isfinite(value); });
  SEP_CHECK(wrong == values.end(),
            "scores: sample {} of the {} is {}, not a finite number",
            wrong - values.begin(),
            name,
            *wrong);
}

void check_lengths(const Values& reference, const Values& other, const char* name) {
  SEP_CHECK(reference.size() == other.size(),
            "scores: the reference has {} samples, the {} {}",
            reference.size(),
            name,
            other.size());
}

double checked_energy(const Values& values, const char* name) {
  const double result = energy(values);
  SEP_CHECK(result > 0.0, "scores: the {} is silent (no energy)", name);
  SEP_CHECK(std::isfinite(result), "scores: the {} is too loud to square in double", name);
  return result;
}

Values without_mean(const Values& values) {
  const auto differs = [&](double value) { return value != values.front(); };
  // The mean of a constant is rounded, and what it leaves would pass for a signal.
  if (std::none_of(values.begin(), values.end(), differs)) return Values(values.size());
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  const double mean = sum / static_cast<double>(values.size());
  Values result(values.size());
  std::transform(
      values.begin(), values.end(), result.begin(), [&](double x) { return x - mean; });
  return result;
}

struct ScaleScores {
  double scale = 0.0;  // a
  double si_sdr = 0.0;
  double sd_sdr = 0.0;
  double snr = 0.0;
};

ScaleScores scale_scores(const Values& s, double s_energy, const Values& e) {
  ScaleScores result;
  const double a = dot(e, s) / s_energy;
  result.scale = a;
  result.si_sdr = ratio_db(a * a * s_energy, energy(subtract_scaled(e, a, s)));
  result.snr = ratio_db(s_energy, energy(subtract_scaled(e, 1.0, s)));
  result.sd_sdr = result.snr + 10.0 * std::log10(a * a);
  return result;
}

/// What is scored, as it came: how large its samples are decides what rounding leaves.
struct Inputs {
  const Values& reference;
  const Values& rest;
  const Values& estimate;
  double sample_rounding;  // of each sample, relative

  // The largest energy that rounding alone leaves of artefacts (bss_scale.h).
  double rounding_energy(double a, double b) const {
    const auto num_samples = static_cast<double>(reference.size());
    const double sums = 3.0 * (num_samples + 4.0) * kDoubleRounding;
    const double norms = std::sqrt(energy(estimate)) +
                         std::abs(a) * std::sqrt(energy(reference)) +
                         std::abs(b) * std::sqrt(energy(rest));
    const double norm = (sample_rounding + sums) * norms;
    return norm * norm;
  }
};

// Interference and artefacts. r is free of s, so its projection on the span of s and
// rest is the one on what of rest is free of s.
void score_parts(const Inputs& inputs,
                 const Values& s,
                 double s_energy,
                 const Values& rest,
                 const Values& residual,
                 double a,
                 Scores* scores) {
  const double target_energy = a * a * s_energy;
  const Values free_rest = subtract_scaled(rest, dot(rest, s) / s_energy, s);
  const double free_energy = energy(free_rest);
  const bool is_multiple = free_energy <= kSamePower * energy(rest);
  const double b = is_multiple ? 0.0 : dot(residual, free_rest) / free_energy;
  scores->si_sir = ratio_db(target_energy, b * b * free_energy);
  const double artefacts = energy(subtract_scaled(residual, b, free_rest));
  const bool is_rounding = artefacts <= inputs.rounding_energy(a, b);
  scores->si_sar = ratio_db(target_energy, is_rounding ? 0.0 : artefacts);
}

double improvement(double score, double mixture_score) {
  return score == mixture_score ? 0.0 : score - mixture_score;
}

double mean_over_channels(const std::vector<Scores>& channels, double Scores::*score) {
  double sum = 0.0;
  for (const auto& scores : channels) sum += scores.*score;
  // inf - inf: one channel is without the target.
  if (std::isnan(sum)) return -kInfinity;
  return sum / static_cast<double>(channels.size());
}

void check_same_shape(const Signal& reference, const Signal& other, const char* name) {
  SEP_CHECK(reference.sample_rate == other.sample_rate,
            "scores: the reference is at {} Hz, the {} at {}",
            reference.sample_rate,
            name,
            other.sample_rate);
  SEP_CHECK(reference.num_channels == other.num_channels,
            "scores: the reference has {} channels, the {} {}",
            reference.num_channels,
            name,
            other.num_channels);
  SEP_CHECK(reference.num_samples() == other.num_samples(),
            "scores: the reference has {} samples, the {} {}",
            reference.num_samples(),
            name,
            other.num_samples());
}

Values channel_values(const Signal& signal, int64_t c) {
  return Values(signal.channel(c), signal.channel(c) + signal.num_samples());
}

Scores score(const Inputs& inputs) {
  const auto& [reference, rest, estimate, sample_rounding] = inputs;
  check_lengths(reference, rest, "rest");
  check_lengths(reference, estimate, "estimate");
  check_finite(reference, "reference");
  check_finite(rest, "rest");
  check_finite(estimate, "estimate");
  const Values s = without_mean(reference);
  const Values others = without_mean(rest);
  const Values e = without_mean(estimate);
  const double s_energy = checked_energy(s, "reference");
  checked_energy(e, "estimate");

  Scores scores;
  const ScaleScores own = scale_scores(s, s_energy, e);
  const double a = own.scale;
  scores.si_sdr = own.si_sdr;
  scores.sd_sdr = own.sd_sdr;
  scores.snr = own.snr;
  scores.srr = ratio_db(1.0, (1.0 - 1.0 / a) * (1.0 - 1.0 / a));
  score_parts(inputs, s, s_energy, others, subtract_scaled(e, a, s), a, &scores);

  const ScaleScores mixture = scale_scores(s, s_energy, subtract_scaled(s, -1.0, others));
  scores.mix_si_sdr = mixture.si_sdr;
  scores.mix_sd_sdr = mixture.sd_sdr;
  scores.mix_snr = mixture.snr;
  scores.si_sdri = improvement(own.si_sdr, mixture.si_sdr);
  scores.sd_sdri = improvement(own.sd_sdr, mixture.sd_sdr);
  scores.snri = improvement(own.snr, mixture.snr);
  return scores;
}

}  // namespace

Scores score_estimate(const Values& reference, const Values& rest, const Values& estimate) {
  return score({reference, rest, estimate, 0.0});
}

Scores score_estimate(const Signal& reference, const Signal& rest, const Signal& estimate) {
  SEP_CHECK(reference.num_channels >= 1, "scores: the reference has no channels");
  check_same_shape(reference, rest, "rest");
  check_same_shape(reference, estimate, "estimate");
  std::vector<Scores> channels;
  for (int64_t c = 0; c < reference.num_channels; ++c) {
    channels.push_back(score({channel_values(reference, c),
                              channel_values(rest, c),
                              channel_values(estimate, c),
                              kFloatRounding}));
  }
  Scores mean;
  for (const auto score : {&Scores::si_sdr,
                           &Scores::si_sir,
                           &Scores::si_sar,
                           &Scores::sd_sdr,
                           &Scores::snr,
                           &Scores::srr,
                           &Scores::si_sdri,
                           &Scores::sd_sdri,
                           &Scores::snri,
                           &Scores::mix_si_sdr,
                           &Scores::mix_sd_sdr,
                           &Scores::mix_snr}) {
    mean.*score = mean_over_channels(channels, score);
  }
  return mean;
}

double si_sdr(const Values& reference, const Values& estimate) {
  check_lengths(reference, estimate, "estimate");
  check_finite(reference, "reference");
  check_finite(estimate, "estimate");
  return scale_scores(reference, checked_energy(reference, "reference"), estimate).si_sdr;
}

}  // namespace sep
