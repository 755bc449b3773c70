#include "libsep/separation/detail/other_passes.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sep::detail {
namespace {

constexpr double kSpeedStep = 0.03;

void append(Signal& signal, const Signal& more) {
  Signal all = make_silence(
      more.num_channels, signal.num_samples() + more.num_samples(), more.sample_rate);
  for (int64_t c = 0; c < more.num_channels; ++c) {
    const auto* first = signal.channel(c);
    auto* end = std::copy(first, first + signal.num_samples(), all.channel(c));
    std::copy(more.channel(c), more.channel(c) + more.num_samples(), end);
  }
  signal = std::move(all);
}

}  // namespace

std::vector<int64_t> pass_rates(int64_t sample_rate, int64_t num_passes) {
  std::vector<int64_t> rates;
  for (int64_t pass = 1; pass < num_passes; ++pass) {
    const double speed = 1.0 + kSpeedStep * static_cast<double>((pass + 1) / 2);
    const auto rate = static_cast<double>(sample_rate);
    rates.push_back(std::llround(pass % 2 == 1 ? rate * speed : rate / speed));
  }
  return rates;
}

Signal with_rate(Signal signal, int64_t rate) {
  signal.sample_rate = rate;
  return signal;
}

void add_to(Signal& sum, const Signal& more) {
  for (int64_t c = 0; c < sum.num_channels; ++c) {
    const float* from = more.channel(c);
    std::transform(sum.channel(c),
                   sum.channel(c) + sum.num_samples(),
                   from,
                   sum.channel(c),
                   [](float a, float b) { return a + b; });
  }
}

void scale(std::map<StemName, Signal>& stems, double gain) {
  for (auto& [name, signal] : stems) {
    for (float& x : signal.samples) x *= static_cast<float>(gain);
  }
}

struct OtherPasses::Pass {
  Pass(const Separator& separator,
       int64_t num_channels,
       const StreamOptions& options,
       int64_t rate)
      : rate_there(rate),
        there(num_channels, rate, separator.sample_rate()),
        stream(separator, num_channels, options) {
    for (const auto& stem : separator.stems()) {
      back.emplace(stem, Resampler(num_channels, separator.sample_rate(), rate));
      ready.emplace(stem, make_silence(num_channels, 0, rate));
    }
  }

  // More of each stem, if there is any.
  void take_block() {
    const auto block = stream.next();
    for (auto& [stem, resampler] : back) {
      append(ready.at(stem),
             block.empty() ? resampler.finish() : resampler.process(block.at(stem)));
    }
    ended = block.empty();
  }

  int64_t num_ready() const { return ready.begin()->second.num_samples(); }

  int64_t rate_there;  // that the recording is taken to have
  Resampler there;
  StreamSeparator stream;
  std::map<StemName, Resampler> back;
  std::map<StemName, Signal> ready;
  bool ended = false;
};

OtherPasses::OtherPasses(const Separator& separator,
                         int64_t num_channels,
                         const StreamOptions& options)
    : separator_(
          separator.models(), separator.device(), {1, separator.options().match_spectrum}) {
  for (const auto rate :
       pass_rates(separator.sample_rate(), separator.options().num_passes)) {
    passes_.push_back(std::make_unique<Pass>(separator_, num_channels, options, rate));
  }
}

OtherPasses::~OtherPasses() = default;

void OtherPasses::push(const Signal& block) {
  for (auto& pass : passes_) {
    pass->stream.push(pass->there.process(with_rate(block, pass->rate_there)));
  }
}

void OtherPasses::finish(const Report& report) {
  for (size_t i = 0; i < passes_.size(); ++i) {
    auto& pass = *passes_[i];
    pass.stream.push(pass.there.finish());
    pass.stream.finish([i, report](double done) { report(i, done); });
  }
}

void OtherPasses::average(std::map<StemName, Signal>& block) {
  const int64_t num_samples = block.begin()->second.num_samples();
  for (auto& pass : passes_) {
    while (!pass->ended && pass->num_ready() < num_samples) pass->take_block();
    for (auto& [stem, sum] : block) {
      auto& ready = pass->ready.at(stem);
      add_to(sum, padded_slice(ready, 0, num_samples));
      ready = slice(ready, std::min(num_samples, ready.num_samples()), ready.num_samples());
    }
  }
  scale(block, 1.0 / static_cast<double>(passes_.size() + 1));
}

}  // namespace sep::detail
