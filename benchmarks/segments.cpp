// Random segments: examples, and the spectra that a loss wants of them.
#include <benchmark/benchmark.h>

#include <memory>

#include "benchmarks/measure.h"
#include "benchmarks/noise_pieces.h"
#include "libsep/audio/file.h"
#include "libsep/audio/ranges.h"
#include "libsep/core/random.h"
#include "libsep/core/threads.h"
#include "libsep/mixing/segments.h"
#include "libsep/mixing/spectral_batch.h"
#include "tests/support/temporary_folder.h"

namespace {

constexpr int64_t kBatchSize = 8;
const std::vector<sep::StemName> kStems = {"violin", "clarinet", "saxphone", "bassoon"};

sep::SegmentExamples examples(double equalizer_db) {
  sep::SegmentOptions options;
  options.equalizer_db = equalizer_db;
  const auto noise = std::make_shared<bench::Noise>();
  return {noise, bench::all_pieces(*noise), kStems, options, 1};
}

/// Calls `work(iteration)` on state.range(0) threads.
template <class Work>
void run(benchmark::State& state, const Work& work) {
  sep::set_num_threads(state.range(0));
  const bench::ProcessorCounter counter(state);
  int64_t iteration = 0;
  for (auto _ : state) work(iteration++);
  bench::set_realtime(state, 3.0 * double(kBatchSize));
  bench::set_rate(state, "examples", double(kBatchSize));
}

void batch_of_segments(benchmark::State& state) {
  const auto all = examples(0.0);
  run(state,
      [&](int64_t i) { benchmark::DoNotOptimize(sep::make_batch(all, i, kBatchSize)); });
}

void batch_of_equalized_segments(benchmark::State& state) {
  const auto all = examples(6.0);
  run(state,
      [&](int64_t i) { benchmark::DoNotOptimize(sep::make_batch(all, i, kBatchSize)); });
}

void spectra_of_a_batch(benchmark::State& state) {
  const auto batch = sep::make_batch(examples(0.0), 0, kBatchSize);
  const sep::Stft stft({4096, 1024, sep::StftWindow::kHann});
  run(state,
      [&](int64_t) { benchmark::DoNotOptimize(sep::spectral_batch(batch, stft, {})); });
}

void batch_with_spectra(benchmark::State& state) {
  const auto all = examples(0.0);
  const sep::Stft stft({4096, 1024, sep::StftWindow::kHann});
  run(state, [&](int64_t i) {
    benchmark::DoNotOptimize(
        sep::spectral_batch(sep::make_batch(all, i, kBatchSize), stft, {}));
  });
}

/// A segment of 3 s of a file of 40 s, opened and gone to.
void segment_of_file(benchmark::State& state, const char* name) {
  const TemporaryFolder folder;
  sep::write_audio(folder / name,
                   bench::Noise().read(0, "", 0, 40 * bench::kRate),
                   sep::SampleFormat::kInt16);
  const sep::AudioRanges ranges(folder / name);
  sep::RandomStream random(3);
  for (auto _ : state)
    benchmark::DoNotOptimize(
        ranges.read(random.index(37 * bench::kRate), 3 * bench::kRate));
  bench::set_realtime(state, 3.0);
}
BENCHMARK_CAPTURE(segment_of_file, wav, "a.wav")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(segment_of_file, flac, "a.flac")->Unit(benchmark::kMillisecond);

void on_one_and_two(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("threads")->Arg(1)->Arg(2);
  benchmark->UseRealTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(batch_of_segments)->Apply(on_one_and_two);
BENCHMARK(batch_of_equalized_segments)->Apply(on_one_and_two);
BENCHMARK(spectra_of_a_batch)->Apply(on_one_and_two);
BENCHMARK(batch_with_spectra)->Apply(on_one_and_two);

}  // namespace
