#include "libsep/metrics/detail/bss_input.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "libsep/core/error.h"

namespace sep::bss {
namespace {

std::vector<const float*> channels_of(const Signal& signal) {
  std::vector<const float*> channels;
  for (int64_t c = 0; c < signal.num_channels; ++c) channels.push_back(signal.channel(c));
  return channels;
}

// museval sums the channels first: a source in anti-phase is silent to it.
bool is_silent_at(const std::vector<const float*>& channels, int64_t n, SilenceRule rule) {
  if (rule == SilenceRule::kOwn) {
    return std::all_of(
        channels.begin(), channels.end(), [n](const float* x) { return x[n] == 0.0F; });
  }
  double sum = 0.0;
  for (const float* x : channels) sum += static_cast<double>(x[n]);
  return sum == 0.0;
}

std::vector<bool> silence_of(const std::vector<std::vector<const float*>>& sources,
                             int64_t num_samples,
                             SilenceRule rule) {
  std::vector<bool> silent;
  for (const auto& channels : sources) {
    bool all = true;
    for (int64_t n = 0; all && n < num_samples; ++n) all = is_silent_at(channels, n, rule);
    silent.push_back(all);
  }
  return silent;
}

void check_signal(const Signal& signal,
                  const Signal& first,
                  const char* what,
                  size_t index) {
  SEP_CHECK(signal.num_channels == first.num_channels &&
                signal.num_samples() == first.num_samples() &&
                signal.sample_rate == first.sample_rate,
            "{} {} has {} channels, {} samples at {} Hz, reference 0 {}, {} and {} Hz",
            what,
            index,
            signal.num_channels,
            signal.num_samples(),
            signal.sample_rate,
            first.num_channels,
            first.num_samples(),
            first.sample_rate);
  const bool finite = std::all_of(signal.samples.begin(),
                                  signal.samples.end(),
                                  [](float x) { return std::isfinite(x); });
  SEP_CHECK(finite, "{} {} has samples that are not finite", what, index);
}

std::vector<std::vector<const float*>> slices(
    const std::vector<std::vector<const float*>>& sources, int64_t begin) {
  auto result = sources;
  for (auto& channels : result) {
    for (auto& channel : channels) channel += begin;
  }
  return result;
}

}  // namespace

bool Input::any_silent() const {
  const auto any = [](const std::vector<bool>& silent) {
    return std::any_of(silent.begin(), silent.end(), [](bool is) { return is; });
  };
  return any(silent_reference) || any(silent_estimate);
}

Input make_input(BssDialect dialect,
                 const std::vector<Signal>& references,
                 const std::vector<Signal>& estimates,
                 const BssEvalOptions& options) {
  SEP_CHECK(!references.empty() && references.size() == estimates.size(),
            "{} references and {} estimates: wants as many of both, and at least one",
            references.size(),
            estimates.size());
  const Signal& first = references.front();
  Input input;
  input.num_channels = first.num_channels;
  input.num_samples = first.num_samples();
  SEP_CHECK(dialect == BssDialect::kImages || first.num_channels == 1,
            "BSS Eval of sources: wants mono, found {} channels",
            first.num_channels);
  SEP_CHECK(options.filter_length >= 1 && options.filter_length <= input.num_samples,
            "filter_length = {}: wants 1 to the signals' {} samples",
            options.filter_length,
            input.num_samples);
  for (size_t i = 0; i < references.size(); ++i) {
    check_signal(references[i], first, "reference", i);
    check_signal(estimates[i], first, "estimate", i);
    input.references.push_back(channels_of(references[i]));
    input.estimates.push_back(channels_of(estimates[i]));
  }
  return slice_input(input, 0, input.num_samples, options.silence);
}

Input slice_input(const Input& input, int64_t begin, int64_t end, SilenceRule rule) {
  Input part = input;
  part.references = slices(input.references, begin);
  part.estimates = slices(input.estimates, begin);
  part.num_samples = end - begin;
  part.silent_reference = silence_of(part.references, part.num_samples, rule);
  part.silent_estimate = silence_of(part.estimates, part.num_samples, rule);
  return part;
}

double ratio_db(double above, double below) {
  if (below <= 0.0) return std::numeric_limits<double>::infinity();
  if (above <= 0.0) return -std::numeric_limits<double>::infinity();
  return 10.0 * std::log10(above / below);
}

}  // namespace sep::bss
