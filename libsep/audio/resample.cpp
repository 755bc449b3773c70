#include "libsep/audio/resample.h"

#include <soxr.h>

#include <algorithm>
#include <vector>

#include "libsep/audio/detail/interleave.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr int64_t kMaxRate = 10'000'000;
constexpr int64_t kBlockSamples = 1 << 14;

struct DeleteSoxr {
  void operator()(soxr_t resampler) const { soxr_delete(resampler); }
};
using Soxr = std::unique_ptr<std::remove_pointer_t<soxr_t>, DeleteSoxr>;

using Channels = std::vector<std::vector<float>>;

void check_rate(int64_t rate) {
  SEP_CHECK(rate >= 1 && rate <= kMaxRate,
            "a sample rate of {} Hz: wants 1 to {}",
            rate,
            kMaxRate);
}

}  // namespace

struct Resampler::State {
  int64_t num_channels;
  int64_t from_rate;
  int64_t to_rate;
  Soxr soxr;  // none where the rates are equal
  int64_t num_in = 0;
  int64_t num_out = 0;
  bool finished = false;

  void create();
  void step(const Signal* block, int64_t begin, int64_t count, Channels& out);
  int64_t run(const float* const* in, int64_t count, int64_t& taken, Channels& out);
};

void Resampler::State::create() {
  const auto io = soxr_io_spec(SOXR_FLOAT32_S, SOXR_FLOAT32_S);
  const auto quality = soxr_quality_spec(SOXR_VHQ, 0);
  soxr_error_t error = nullptr;
  soxr.reset(soxr_create(static_cast<double>(from_rate),
                         static_cast<double>(to_rate),
                         static_cast<unsigned>(num_channels),
                         &error,
                         &io,
                         &quality,
                         nullptr));
  SEP_CHECK(soxr != nullptr && error == nullptr,
            "cannot resample from {} Hz to {} Hz ({})",
            from_rate,
            to_rate,
            error != nullptr ? error : "no memory");
}

// One call of soxr: gives the number of samples that came out. Without input, the end.
int64_t Resampler::State::run(const float* const* in,
                              int64_t count,
                              int64_t& taken,
                              Channels& out) {
  std::vector<float> room(static_cast<size_t>(num_channels * kBlockSamples));
  std::vector<float*> to;
  for (int64_t c = 0; c < num_channels; ++c) to.push_back(room.data() + c * kBlockSamples);
  size_t num_taken = 0;
  size_t num_given = 0;
  const auto error = soxr_process(soxr.get(),
                                  in,
                                  static_cast<size_t>(count),
                                  &num_taken,
                                  to.data(),
                                  static_cast<size_t>(kBlockSamples),
                                  &num_given);
  if (error != nullptr) throw Failure(fmt::format("resampling failed: {}", error));
  for (size_t c = 0; c < out.size(); ++c) {
    out[c].insert(out[c].end(), to[c], to[c] + num_given);
  }
  taken = static_cast<int64_t>(num_taken);
  num_out += static_cast<int64_t>(num_given);
  return static_cast<int64_t>(num_given);
}

void Resampler::State::step(const Signal* block,
                            int64_t begin,
                            int64_t count,
                            Channels& out) {
  while (count > 0) {
    std::vector<const float*> in;
    for (int64_t c = 0; c < num_channels; ++c) in.push_back(block->channel(c) + begin);
    int64_t taken = 0;
    run(in.data(), count, taken, out);
    begin += taken;
    count -= taken;
  }
}

Resampler::Resampler(int64_t num_channels, int64_t from_rate, int64_t to_rate)
    : state_(std::make_unique<State>()) {
  SEP_CHECK(num_channels >= 1, "{} channels: wants at least 1", num_channels);
  check_rate(from_rate);
  check_rate(to_rate);
  state_->num_channels = num_channels;
  state_->from_rate = from_rate;
  state_->to_rate = to_rate;
  if (from_rate != to_rate) state_->create();
}

Resampler::~Resampler() = default;
Resampler::Resampler(Resampler&&) noexcept = default;
Resampler& Resampler::operator=(Resampler&&) noexcept = default;

Signal Resampler::process(const Signal& block) {
  auto& state = *state_;
  SEP_CHECK(!state.finished, "Resampler::process after finish");
  SEP_CHECK(
      block.num_channels == state.num_channels && block.sample_rate == state.from_rate,
      "{} channels at {} Hz, wanted {} at {} Hz",
      block.num_channels,
      block.sample_rate,
      state.num_channels,
      state.from_rate);
  state.num_in += block.num_samples();
  if (state.soxr == nullptr) return block;
  Channels out(static_cast<size_t>(state.num_channels));
  state.step(&block, 0, block.num_samples(), out);
  return join_channels(out, state.to_rate);
}

Signal Resampler::finish() {
  auto& state = *state_;
  SEP_CHECK(!state.finished, "Resampler::finish twice");
  state.finished = true;
  Channels out(static_cast<size_t>(state.num_channels));
  if (state.soxr == nullptr) return join_channels(out, state.to_rate);
  const int64_t before = state.num_out;
  int64_t taken = 0;
  while (state.num_in > 0 && state.run(nullptr, 0, taken, out) > 0) continue;
  const int64_t wanted = resampled_length(state.num_in, state.from_rate, state.to_rate);
  // soxr rounds the length its own way: a sample more or less.
  for (auto& channel : out) {
    channel.resize(static_cast<size_t>(std::max<int64_t>(wanted - before, 0)));
  }
  return join_channels(out, state.to_rate);
}

int64_t resampled_length(int64_t num_samples, int64_t from_rate, int64_t to_rate) {
  check_rate(from_rate);
  check_rate(to_rate);
  return (num_samples * to_rate + from_rate - 1) / from_rate;
}

Signal resample(const Signal& signal, int64_t sample_rate) {
  Resampler resampler(signal.num_channels, signal.sample_rate, sample_rate);
  const auto first = resampler.process(signal);
  const auto last = resampler.finish();
  Signal result{signal.num_channels, sample_rate, {}};
  for (int64_t c = 0; c < signal.num_channels; ++c) {
    for (const auto* part : {&first, &last}) {
      result.samples.insert(
          result.samples.end(), part->channel(c), part->channel(c) + part->num_samples());
    }
  }
  return result;
}

}  // namespace sep
