#include "libsep/separation/stream_separator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <numeric>
#include <optional>

#include "libsep/audio/spool.h"
#include "libsep/core/bounds.h"
#include "libsep/core/error.h"
#include "libsep/core/file_system.h"
#include "libsep/core/threads.h"
#include "libsep/model/device.h"
#include "libsep/model/serial_math.h"
#include "libsep/separation/detail/block_frames.h"
#include "libsep/separation/detail/long_model.h"
#include "libsep/separation/detail/network_estimates.h"
#include "libsep/separation/detail/other_passes.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

constexpr double kMaxBlockSeconds = 600.0;
constexpr double kMaxHopSeconds = 15.0;

int64_t rounded_up(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

std::string hops_of(const Separator& separator) {
  std::string text;
  for (const auto& model : separator.models()) {
    text += fmt::format("{}{} ({})",
                        text.empty() ? "" : ", ",
                        model.description.stft.hop_length,
                        model.description.instrument);
  }
  return text;
}

// The least common multiple of the hops: a block is at least four of them. Hops without
// common divisors multiply, a handful of them beyond 64 bits.
int64_t common_hop(const Separator& separator) {
  const auto most =
      static_cast<int64_t>(kMaxHopSeconds * static_cast<double>(separator.sample_rate()));
  int64_t hop = 1;
  for (const auto& model : separator.models()) {
    const int64_t own = model.description.stft.hop_length;
    const int64_t factor = own / std::gcd(hop, own);
    SEP_CHECK(
        factor <= most / hop,
        "a long recording is cut in multiples of all the models' hops, and those of {} "
        "have none up to {} s: wants models whose hops have common divisors",
        hops_of(separator),
        kMaxHopSeconds);
    hop *= factor;
  }
  return hop;
}

BlockPlan plan_blocks(const Separator& separator,
                      double block_seconds,
                      int64_t num_samples) {
  const int64_t hop = common_hop(separator);
  int64_t half_window = 1;
  for (const auto& model : separator.models()) {
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
  check_positive("block_seconds", block_seconds, kMaxBlockSeconds);
  check_bounds("rms", rms, 0.0, std::numeric_limits<double>::max());
}

struct StreamSeparator::State {
  State(const Separator& separator_in,
        int64_t num_channels,
        const StreamOptions& options_in)
      : separator(separator_in),
        options(options_in),
        folder(options.folder.empty() ? folder_for_temporaries() : options.folder),
        mixture(folder, num_channels, separator.sample_rate()),
        shares(static_cast<size_t>(separator.options().num_passes), 0.0) {
    if (separator.options().num_passes > 1)
      others.emplace(separator, num_channels, options);
  }

  int64_t num_side_by_side() const { return separator.device().is_cpu() ? 0 : 1; }
  void make_models();
  void add_done(double cost);
  void tell(size_t pass, double share);
  double rms() const;  // of the recording: as given, or of all that came in

  const Separator& separator;
  StreamOptions options;
  fs::path folder;
  SignalSpool mixture;
  std::vector<std::unique_ptr<LongModel>> models;
  int64_t blocks_left = 0;
  bool finished = false;
  double sum_of_squares = 0.0;
  Report report;
  std::mutex mutex;
  double done = 0.0;
  double total = 0.0;
  std::vector<double> shares;  // of each pass's work that is done
  std::optional<detail::OtherPasses> others;
};

void StreamSeparator::State::make_models() {
  const auto plan = plan_blocks(separator, options.block_seconds, mixture.num_samples());
  blocks_left = plan.num_blocks();
  for (const auto& model : separator.models()) {
    const auto scaling = detail::input_scaling(
        model,
        mixture.num_channels(),
        rms(),
        separator.options().match_spectrum,
        [&](const detail::UseFrames& use) {
          const BlockFrames frames(model.description.stft, mixture, plan);
          for (int64_t block = 0; block < blocks_left; ++block) {
            tell(0, 0.0);  // who is told may end it
            use(frames.forward(frames.read(block), 0, mixture.num_channels(), block));
          }
        });
    models.push_back(
        make_long_model(model, separator.device(), mixture, scaling, plan, folder));
    total += models.back()->prepare_cost() +
             models.back()->next_cost() * static_cast<double>(blocks_left);
  }
}

double StreamSeparator::State::rms() const {
  if (options.rms > 0.0) return options.rms;
  const auto count = mixture.num_samples() * mixture.num_channels();
  return count == 0 ? 0.0 : std::sqrt(sum_of_squares / static_cast<double>(count));
}

void StreamSeparator::State::add_done(double cost) {
  const std::lock_guard<std::mutex> lock(mutex);
  done += cost;
  tell(0, std::min(done / total, 1.0));
}

void StreamSeparator::State::tell(size_t pass, double share) {
  shares[pass] = share;
  if (!report) return;
  report(std::accumulate(shares.begin(), shares.end(), 0.0) /
         static_cast<double>(shares.size()));
}

StreamSeparator::StreamSeparator(const Separator& separator,
                                 int64_t num_channels,
                                 const StreamOptions& options) {
  options.validate();
  common_hop(separator);  // throws now, not when all of a recording has come in
  state_ = std::make_unique<State>(separator, num_channels, options);
}

StreamSeparator::~StreamSeparator() = default;
StreamSeparator::StreamSeparator(StreamSeparator&&) noexcept = default;
StreamSeparator& StreamSeparator::operator=(StreamSeparator&&) noexcept = default;

void StreamSeparator::push(const Signal& block) {
  SEP_CHECK(!state_->finished, "StreamSeparator::push after finish");
  detail::check_finite(block);
  state_->mixture.append(block);
  if (state_->others) state_->others->push(block);
  for (const float x : block.samples) {
    state_->sum_of_squares += static_cast<double>(x) * static_cast<double>(x);
  }
}

void StreamSeparator::finish(const Report& report) {
  auto& state = *state_;
  SEP_CHECK(!state.finished, "StreamSeparator::finish twice");
  state.finished = true;
  state.report = report;
  state.make_models();
  const SerialMath serial;
  parallel_for(
      static_cast<int64_t>(state.models.size()), state.num_side_by_side(), [&](int64_t i) {
        const SerialThread serial_here;
        state.models[static_cast<size_t>(i)]->prepare(
            [&](double cost) { state.add_done(cost); });
      });
  if (state.others) {
    state.others->finish([&](size_t pass, double share) { state.tell(pass + 1, share); });
  }
}

std::map<StemName, Signal> StreamSeparator::next() {
  auto& state = *state_;
  SEP_CHECK(state.finished, "StreamSeparator::next before finish");
  if (state.blocks_left == 0) return {};
  --state.blocks_left;
  std::vector<std::vector<Signal>> parts(state.models.size());
  const SerialMath serial;
  const auto count = static_cast<int64_t>(parts.size());
  parallel_for(count, state.num_side_by_side(), [&](int64_t i) {
    const SerialThread serial_here;
    auto& model = state.models[static_cast<size_t>(i)];
    parts[static_cast<size_t>(i)] = model->next();
    state.add_done(model->next_cost());
  });
  std::map<StemName, Signal> result;
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto names = state.separator.models()[i].description.stem_names();
    for (size_t s = 0; s < names.size(); ++s) result[names[s]] = std::move(parts[i][s]);
  }
  if (state.others) state.others->average(result);
  return result;
}

}  // namespace sep
