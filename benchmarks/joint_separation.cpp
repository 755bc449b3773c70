// A recording through the joint network of configs/quartet_scratch.yaml, beside the same
// network in LibTorch's own modules, its transforms included.
#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include "benchmarks/measure.h"
#include "benchmarks/torch_joint.h"
#include "libsep/core/random.h"
#include "libsep/core/threads.h"
#include "libsep/model/serial_math.h"
#include "libsep/separation/separator.h"
#include "libsep/separation/stream_separator.h"

namespace {

constexpr int64_t kRate = 44100;
constexpr double kSeconds = 120.0;

sep::Signal noise(int64_t num_channels) {
  auto signal =
      sep::make_silence(num_channels, static_cast<int64_t>(kSeconds * kRate), kRate);
  sep::RandomStream random(7);
  for (float& x : signal.samples) x = static_cast<float>(random.uniform(-0.2, 0.2));
  return signal;
}

sep::Separator separator() {
  sep::ModelDescription description;
  description.type = "joint_blstm";
  description.stft = {4096, 1024, sep::StftWindow::kHann};
  description.instrument = "joint";
  description.stems = {"bassoon", "clarinet", "saxphone", "violin"};
  auto model = sep::make_model(description);
  model->init_parameters(sep::RandomStream(7));
  return sep::Separator({{description, model}});
}

/// All of it at once: memory grows with the recording.
void whole(benchmark::State& state) {
  sep::set_num_threads(state.range(0));
  const auto separator = ::separator();
  const auto mixture = noise(state.range(1));
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) benchmark::DoNotOptimize(separator.separate(mixture));
  bench::set_realtime(state, kSeconds);
}

/// In blocks, in bounded memory, as sep-separate does.
void stream(benchmark::State& state) {
  sep::set_num_threads(state.range(0));
  const auto separator = ::separator();
  const auto mixture = noise(state.range(1));
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) {
    sep::StreamSeparator stream(separator, mixture.num_channels);
    stream.push(mixture);
    stream.finish();
    for (auto stems = stream.next(); !stems.empty(); stems = stream.next()) {
      benchmark::DoNotOptimize(stems);
    }
  }
  bench::set_realtime(state, kSeconds);
}

/// As one would write it with LibTorch: stft, the network, istft, all of it at once.
void torch_modules(benchmark::State& state) {
  sep::set_torch_threads(state.range(0));
  const torch::NoGradGuard no_gradients;
  bench::TorchJoint network;
  network.eval();
  auto mixture = noise(state.range(1));
  const auto samples = torch::from_blob(mixture.samples.data(),
                                        {mixture.num_channels, mixture.num_samples()});
  const auto window = torch::hann_window(4096);
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) {
    const auto gain = 1.0 / samples.square().mean().sqrt();
    const auto bins =
        torch::stft(
            samples * gain, 4096, 1024, 4096, window, true, "reflect", true, true, true)
            .transpose(1, 2);                                           // (C, T, F)
    const auto masks = network.forward(bins.narrow(2, 0, 1024).abs());  // (T, C, S, F')
    for (int64_t s = 0; s < 4; ++s) {
      auto mask = masks.select(2, s).transpose(0, 1);
      mask = torch::cat({mask, mask.narrow(2, 1023, 1).expand({-1, -1, 1025})}, 2);
      benchmark::DoNotOptimize(torch::istft((bins * mask).transpose(1, 2),
                                            4096,
                                            1024,
                                            4096,
                                            window,
                                            true,
                                            true,
                                            true,
                                            mixture.num_samples()) /
                               gain);
    }
  }
  bench::set_realtime(state, kSeconds);
}

void rows(benchmark::internal::Benchmark* row) {
  row->ArgNames({"threads", "channels"})
      ->Args({1, 1})
      ->Args({2, 1})
      ->Args({2, 2})
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

BENCHMARK(whole)->Apply(rows);
BENCHMARK(stream)->Apply(rows);
BENCHMARK(torch_modules)->Apply(rows);

}  // namespace
