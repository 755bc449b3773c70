// BSS Eval of 30 s of four stems, beside mir_eval's on the same signals: the rows
// mir_eval_* run benchmarks/bss_eval_mir_eval.py as a child process.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "benchmarks/measure.h"
#include "libsep/core/random.h"
#include "libsep/metrics/bss_eval.h"

namespace {

constexpr int64_t kRate = 44100;
constexpr double kSeconds = 30.0;
constexpr size_t kNumStems = 4;

std::vector<sep::Signal> noise(uint64_t first_seed) {
  std::vector<sep::Signal> signals;
  for (size_t j = 0; j < kNumStems; ++j) {
    auto signal = sep::make_silence(1, static_cast<int64_t>(kSeconds * kRate), kRate);
    sep::RandomStream random(first_seed + j, "bench/bss_eval");
    for (float& x : signal.samples) x = static_cast<float>(random.uniform(-0.2, 0.2));
    signals.push_back(std::move(signal));
  }
  return signals;
}

struct Scene {
  std::vector<sep::Signal> references = noise(0);
  std::vector<sep::Signal> estimates = noise(0);

  Scene() {
    const auto artefacts = noise(100);
    for (size_t j = 0; j < kNumStems; ++j) {
      for (size_t n = 0; n < estimates[j].samples.size(); ++n) {
        estimates[j].samples[n] += 0.3F * references[(j + 1) % kNumStems].samples[n] +
                                   0.1F * artefacts[j].samples[n];
      }
    }
  }
};

const Scene& scene() {
  static const Scene scene;
  return scene;
}

template <class Work>
void run(benchmark::State& state, const Work& work) {
  scene();
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) work();
  bench::set_realtime(state, kSeconds);
}

void sources(benchmark::State& state) {
  run(state, [] { sep::bss_eval_sources(scene().references, scene().estimates); });
}

void images(benchmark::State& state) {
  run(state, [] { sep::bss_eval_images(scene().references, scene().estimates); });
}

void framewise(benchmark::State& state) {
  run(state, [] {
    sep::bss_eval_framewise(sep::BssDialect::kImages,
                            scene().references,
                            scene().estimates,
                            10 * kRate,
                            10 * kRate);
  });
}

void v4(benchmark::State& state) {
  run(state, [] { sep::bss_eval_v4(scene().references, scene().estimates, kRate, kRate); });
}

// float32, references and then estimates, a stem after another.
std::string written_scene() {
  const auto path = "/tmp/libsep-bench-" + std::to_string(::getpid()) + ".f32";
  std::ofstream file(path, std::ios::binary);
  for (const auto* signals : {&scene().references, &scene().estimates}) {
    for (const auto& signal : *signals) {
      file.write(reinterpret_cast<const char*>(signal.samples.data()),
                 static_cast<std::streamsize>(signal.samples.size() * sizeof(float)));
    }
  }
  return path;
}

void mir_eval(benchmark::State& state, const char* what) {
  const auto path = written_scene();
  const std::string command = std::string("/usr/bin/python3 ") + LIBSEP_SOURCE_DIR +
                              "/benchmarks/bss_eval_mir_eval.py " + what + " " + path;
  {
    const bench::ProcessorCounter counter(state);
    for (auto _ : state) {
      if (std::system(command.c_str()) != 0) state.SkipWithError("wants python3-mir-eval");
    }
  }
  ::unlink(path.c_str());
  bench::set_realtime(state, kSeconds);
}

}  // namespace

BENCHMARK(sources)->Unit(benchmark::kMillisecond);
BENCHMARK(images)->Unit(benchmark::kMillisecond);
BENCHMARK(framewise)->Unit(benchmark::kMillisecond);
BENCHMARK(v4)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(mir_eval, images, "images")->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK_CAPTURE(mir_eval, framewise, "framewise")
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);
