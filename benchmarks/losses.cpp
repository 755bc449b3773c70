// Losses of a joint network: four stems, eight examples of 3 s, windows of 2048.
#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include "benchmarks/measure.h"
#include "libsep/core/threads.h"
#include "libsep/model/serial_math.h"
#include "libsep/train/masked_loss.h"
#include "libsep/train/ratio_loss.h"

namespace {

constexpr int64_t kBatch = 8;
constexpr int64_t kStems = 4;
constexpr int64_t kFrames = 130;
constexpr int64_t kBins = 1025;

sep::LossInput random_input() {
  sep::LossInput input;
  input.masks = torch::rand({kBatch, kStems, kFrames, kBins}).requires_grad_(true);
  input.mixture = torch::rand({kBatch, kFrames, kBins});
  input.projections = torch::rand({kBatch, kStems, kFrames, kBins}) - 0.5;
  input.targets = input.projections.abs();
  input.target_energies = 2.0 * input.projections.square().sum({2, 3});
  input.mixture_energy = input.mixture.square().sum({1, 2});
  return input;
}

/// Value and gradient to the masks.
template <class Value>
void measure(benchmark::State& state, Value value) {
  sep::set_num_threads(state.range(0));
  const sep::SerialMath serial;
  const auto input = random_input();
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) {
    input.masks.mutable_grad() = torch::Tensor();
    value(input).backward();
  }
}

torch::Tensor sum_bins(const torch::Tensor& x) { return x.sum({2, 3}); }

/// As it would be written with LibTorch.
torch::Tensor torch_snr(const sep::LossInput& input) {
  const auto missing = input.target_energies - sum_bins(input.projections.square());
  const auto error =
      sum_bins((input.masks * input.mixture.unsqueeze(1) - input.projections).square()) +
      missing;
  return (10.0 * (error / input.target_energies + 1e-3).log10()).mean();
}

void snr_fused(benchmark::State& state) {
  const auto loss = sep::make_snr({});
  measure(state, [&](const sep::LossInput& input) { return (*loss)(input); });
}

void snr_torch(benchmark::State& state) { measure(state, torch_snr); }

void magnitude_l1(benchmark::State& state) {
  const auto loss = sep::make_magnitude_l1({});
  measure(state, [&](const sep::LossInput& input) { return (*loss)(input); });
}

void on_one_and_two(benchmark::internal::Benchmark* row) {
  row->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
}

}  // namespace

BENCHMARK(snr_fused)->Apply(on_one_and_two);
BENCHMARK(snr_torch)->Apply(on_one_and_two);
BENCHMARK(magnitude_l1)->Apply(on_one_and_two);
