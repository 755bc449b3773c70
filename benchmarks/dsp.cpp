// The short-time Fourier transform and its inverse, a signal of 25 s a thread.
#include <benchmark/benchmark.h>

#include "benchmarks/measure.h"
#include "libsep/core/random.h"
#include "libsep/core/threads.h"
#include "libsep/dsp/stft.h"

namespace {

constexpr int64_t kRate = 44100;
constexpr double kSeconds = 25.0;

sep::Signal noise() {
  auto signal = sep::make_silence(1, static_cast<int64_t>(kSeconds * kRate), kRate);
  sep::RandomStream random(7);
  for (float& value : signal.samples) {
    value = static_cast<float>(random.uniform(-0.2, 0.2));
  }
  return signal;
}

/// Calls `work()` on state.range(0) threads at once, once a thread and iteration.
template <class Work>
void run_on_threads(benchmark::State& state, const Work& work) {
  const bench::ProcessorCounter counter(state);
  const int64_t threads = state.range(0);
  sep::set_num_threads(threads);
  for (auto _ : state) {
    sep::parallel_for(threads, threads, [&](int64_t) { work(); });
  }
  bench::set_realtime(state, kSeconds * double(threads));
}

void stft_forward(benchmark::State& state) {
  const sep::Stft stft({512, 128});
  const auto signal = noise();
  run_on_threads(state, [&] { benchmark::DoNotOptimize(stft.forward(signal)); });
}

void stft_inverse(benchmark::State& state) {
  const sep::Stft stft({512, 128});
  const auto signal = noise();
  const auto spectrogram = stft.forward(signal);
  run_on_threads(state, [&] {
    benchmark::DoNotOptimize(stft.inverse(spectrogram, signal.num_samples(), kRate));
  });
}

void stft_round_trip(benchmark::State& state) {
  const sep::Stft stft({512, 128});
  const auto signal = noise();
  run_on_threads(state, [&] {
    benchmark::DoNotOptimize(
        stft.inverse(stft.forward(signal), signal.num_samples(), kRate));
  });
}

void on_one_and_two(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("threads")->Arg(1)->Arg(2);
  benchmark->UseRealTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(stft_forward)->Apply(on_one_and_two);
BENCHMARK(stft_inverse)->Apply(on_one_and_two);
BENCHMARK(stft_round_trip)->Apply(on_one_and_two);

}  // namespace
