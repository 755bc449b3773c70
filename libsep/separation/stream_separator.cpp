#include "libsep/separation/stream_separator.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>

#include "libsep/audio/spool.h"
#include "libsep/core/error.h"
#include "libsep/core/parallel.h"
#include "libsep/model/device.h"
#include "libsep/separation/detail/long_stem.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

int64_t rounded_up(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

BlockPlan plan_blocks(const Separator& separator,
                      double block_seconds,
                      int64_t num_samples) {
  int64_t hop = 1;
  int64_t half_window = 1;
  for (const auto& model : separator.models()) {
    hop = std::lcm(hop, model.description.stft.hop_length);
    half_window = std::max(half_window, model.description.stft.window_length / 2);
  }
  BlockPlan plan;
  plan.delay = rounded_up(half_window, hop);
  const auto wanted = static_cast<int64_t>(
      std::ceil(block_seconds * static_cast<double>(separator.sample_rate())));
  plan.length = rounded_up(std::max(wanted, 4 * plan.delay), hop);
  plan.num_samples = num_samples;
  return plan;
}

}  // namespace

void StreamOptions::validate() const {
  if (!(block_seconds > 0.0 && block_seconds <= 600.0)) {
    throw ConfigError("block_seconds",
                      fmt::format(" = {}: wants above 0, at most 600", block_seconds));
  }
}

struct StreamSeparator::State {
  State(const Separator& separator_in,
        int64_t num_channels,
        const StreamOptions& options_in)
      : separator(separator_in),
        options(options_in),
        mixture(options.folder.empty() ? fs::temp_directory_path() : options.folder,
                num_channels,
                separator.sample_rate()) {}

  int64_t num_threads() const {
    return separator.device().is_cpu() ? compute_threads() : 1;
  }
  void make_stems();
  void add_done(double cost);

  const Separator& separator;
  StreamOptions options;
  SignalSpool mixture;
  std::vector<LongStem> stems;
  int64_t blocks_left = 0;
  bool finished = false;
  Report report;
  std::mutex mutex;
  double done = 0.0;
  double total = 0.0;
};

void StreamSeparator::State::make_stems() {
  const auto plan = plan_blocks(separator, options.block_seconds, mixture.num_samples());
  blocks_left = plan.num_blocks();
  for (const auto& model : separator.models()) {
    stems.emplace_back(model, separator.device(), mixture, plan);
    total += stems.back().prepare_cost() +
             stems.back().next_cost() * static_cast<double>(blocks_left);
  }
}

void StreamSeparator::State::add_done(double cost) {
  const std::lock_guard<std::mutex> lock(mutex);
  done += cost;
  if (report) report(std::min(done / total, 1.0));
}

StreamSeparator::StreamSeparator(const Separator& separator,
                                 int64_t num_channels,
                                 const StreamOptions& options) {
  options.validate();
  state_ = std::make_unique<State>(separator, num_channels, options);
}

StreamSeparator::~StreamSeparator() = default;
StreamSeparator::StreamSeparator(StreamSeparator&&) noexcept = default;
StreamSeparator& StreamSeparator::operator=(StreamSeparator&&) noexcept = default;

void StreamSeparator::push(const Signal& block) {
  SEP_CHECK(!state_->finished, "StreamSeparator::push after finish");
  state_->mixture.append(block);
}

void StreamSeparator::finish(const Report& report) {
  auto& state = *state_;
  SEP_CHECK(!state.finished, "StreamSeparator::finish twice");
  state.finished = true;
  state.report = report;
  state.make_stems();
  parallel_for(
      static_cast<int64_t>(state.stems.size()), state.num_threads(), [&](int64_t i) {
        state.stems[static_cast<size_t>(i)].prepare(
            [&](double cost) { state.add_done(cost); });
      });
}

std::map<StemName, Signal> StreamSeparator::next() {
  auto& state = *state_;
  SEP_CHECK(state.finished, "StreamSeparator::next before finish");
  if (state.blocks_left == 0) return {};
  --state.blocks_left;
  std::vector<Signal> parts(state.stems.size());
  parallel_for(static_cast<int64_t>(parts.size()), state.num_threads(), [&](int64_t i) {
    auto& stem = state.stems[static_cast<size_t>(i)];
    parts[static_cast<size_t>(i)] = stem.next();
    state.add_done(stem.next_cost());
  });
  std::map<StemName, Signal> result;
  for (size_t i = 0; i < parts.size(); ++i) {
    result[state.separator.models()[i].description.instrument] = std::move(parts[i]);
  }
  return result;
}

}  // namespace sep
