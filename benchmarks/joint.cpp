// The joint network of configs/quartet_scratch.yaml: an update and its parts, beside the
// same network in LibTorch's own modules (and, in joint_network.py, in Python's).
#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <memory>

#include "benchmarks/measure.h"
#include "benchmarks/noise_pieces.h"
#include "benchmarks/torch_joint.h"
#include "libsep/core/random.h"
#include "libsep/core/threads.h"
#include "libsep/mixing/segments.h"
#include "libsep/model/joint_blstm.h"
#include "libsep/model/serial_math.h"
#include "libsep/train/gradients.h"
#include "libsep/train/losses.h"
#include "libsep/train/optimizer.h"
#include "libsep/train/waveform_batches.h"
#include "libsep/train/weight_average.h"

namespace {

constexpr int64_t kBatch = 8;
const std::vector<sep::StemName> kStems = {"violin", "clarinet", "saxphone", "bassoon"};
const sep::StftOptions kStft{4096, 1024, sep::StftWindow::kHann};

sep::SegmentExamples segments() {
  const auto noise = std::make_shared<bench::Noise>();
  return {noise, bench::all_pieces(*noise), kStems, {}, 1};
}

torch::Tensor torch_loss(const torch::Tensor& masks, const sep::LossInput& known) {
  const auto projections = known.projections.permute({2, 0, 1, 3});  // (T, B, S, F)
  const auto masked = masks * known.mixture.transpose(0, 1).unsqueeze(2);
  const auto error = (masked - projections).square().sum(at::IntArrayRef{0, 3}) +
                     known.target_energies -
                     projections.square().sum(at::IntArrayRef{0, 3});
  return (10.0 * (error / known.target_energies + 1e-3).log10()).mean();
}

struct Ours {
  Ours() : network({kStft, bench::kRate, 4}, {}) {
    network.init_parameters(sep::RandomStream(7));
  }

  sep::JointBlstm network;
  std::shared_ptr<sep::Loss> loss = sep::Kind<sep::losses>("snr").make();
};

sep::Batch batch_of(const sep::SegmentExamples& all, const Ours& ours) {
  std::vector<sep::WaveformExample> examples;
  for (int64_t i = 0; i < kBatch; ++i) examples.push_back(all.get(0, i));
  const auto needs = ours.loss->needs(sep::EstimateForm::kRealMasks);
  return sep::make_batch(examples, {ours.network, kStft, needs}, torch::kCPU);
}

/// Of the whole update: three products a matrix.
double operations(const Ours& ours, const sep::Batch& batch) {
  return 3.0 * ours.network.cost().operations * double(batch.input.numel()) / 1024.0;
}

/// One thread each: LibTorch's BLAS beside `serial` too.
struct OneThread {
  OneThread() { sep::set_num_threads(1); }
  sep::SerialMath serial;
};

/// Gradient, clipping, Adam, average, as sep-train does them.
template <class Gradient>
void update(benchmark::State& state,
            torch::nn::Module& network,
            double flop,
            Gradient gradient) {
  network.train();
  const auto optimizer = sep::make_adam({}, network);
  sep::WeightAverage average(network, 0.99);
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) {
    optimizer->zero_grad();
    gradient();
    sep::clip_gradient_norm(network, 5.0, sep::gradient_norm(network));
    optimizer->step();
    average.update(network);
  }
  bench::set_rate(state, "flop", flop);
}

void update_ours(benchmark::State& state) {
  const OneThread one;
  Ours ours;
  const auto batch = batch_of(segments(), ours);
  uint64_t seed = 0;
  update(state, ours.network, operations(ours, batch), [&] {
    sep::loss_and_gradients(ours.network, *ours.loss, batch, ++seed, state.range(0));
  });
}

void update_bfloat16(benchmark::State& state) {
  if (!sep::has_fast_bfloat16(torch::kCPU)) return state.SkipWithError("no AVX512-BF16");
  const OneThread one;
  Ours ours;
  ours.network.use_bfloat16(true);
  const auto batch = batch_of(segments(), ours);
  uint64_t seed = 0;
  update(state, ours.network, operations(ours, batch), [&] {
    sep::loss_and_gradients(ours.network, *ours.loss, batch, ++seed, 0);
  });
}

void update_torch(benchmark::State& state) {
  const OneThread one;
  const Ours ours;
  const auto batch = batch_of(segments(), ours);
  bench::TorchJoint network;
  update(state, network, operations(ours, batch), [&] {
    torch_loss(network.forward(batch.known.mixture), batch.known).backward();
  });
}

void forward_ours(benchmark::State& state) {
  const OneThread one;
  Ours ours;
  ours.network.train();
  const auto batch = batch_of(segments(), ours);
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) benchmark::DoNotOptimize(ours.network(batch.input, 1));
}

void loss_ours(benchmark::State& state) {
  const OneThread one;
  Ours ours;
  const auto batch = batch_of(segments(), ours);
  const auto masks = ours.network(batch.input, 1).detach().requires_grad_(true);
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) {
    (*ours.loss)(sep::loss_input(ours.network, batch, masks)).backward();
  }
}

void adam_and_average(benchmark::State& state) {
  const OneThread one;
  Ours ours;
  const auto batch = batch_of(segments(), ours);
  sep::loss_and_gradients(ours.network, *ours.loss, batch, 1, 0);
  update(state, ours.network, 0.0, [&] {
    for (auto& parameter : ours.network.parameters()) parameter.mutable_grad().fill_(1e-3);
  });
}

void batch_ours(benchmark::State& state) {
  const OneThread one;
  const Ours ours;
  const auto all = segments();
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) benchmark::DoNotOptimize(batch_of(all, ours));
}

void product_of_4096(benchmark::State& state) {
  const OneThread one;
  const auto left = torch::rand({4096, 4096});
  auto result = torch::empty({4096, 4096});
  for (auto _ : state) torch::mm_out(result, left, left);
  bench::set_rate(state, "flop", 2.0 * 4096.0 * 4096.0 * 4096.0);
}

void in_milliseconds(benchmark::internal::Benchmark* row) {
  row->UseRealTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(product_of_4096)->Apply(in_milliseconds);
BENCHMARK(update_ours)->ArgName("micro_batch")->Arg(0)->Arg(4)->Apply(in_milliseconds);
BENCHMARK(update_bfloat16)->Apply(in_milliseconds);
BENCHMARK(update_torch)->Apply(in_milliseconds);
BENCHMARK(batch_ours)->Apply(in_milliseconds);
BENCHMARK(forward_ours)->Apply(in_milliseconds);
BENCHMARK(loss_ours)->Apply(in_milliseconds);
BENCHMARK(adam_and_average)->Apply(in_milliseconds);

}  // namespace
