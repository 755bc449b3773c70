// What sep-eval does with a piece: separation with four models, scores, ideal masks.
#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include "benchmarks/measure.h"
#include "libsep/core/random.h"
#include "libsep/core/threads.h"
#include "libsep/eval/evaluator.h"
#include "libsep/separation/separator.h"

namespace {

constexpr int64_t kRate = 44100;
constexpr double kSeconds = 40.0;
const std::vector<sep::StemName> kStems = {"bassoon", "clarinet", "saxphone", "violin"};

sep::Signal noise(const sep::StemName& stem) {
  auto signal = sep::make_silence(1, static_cast<int64_t>(kSeconds * kRate), kRate);
  sep::RandomStream random(7, stem);
  for (float& value : signal.samples) {
    value = static_cast<float>(random.uniform(-0.2, 0.2));
  }
  return signal;
}

const sep::PieceAudio& piece() {
  static const auto audio = [] {
    sep::PieceAudio made;
    for (const auto& stem : kStems) made.stems[stem] = noise(stem);
    made.mixture = sep::clipped_sum(made.stems);
    return made;
  }();
  return audio;
}

/// One model an instrument, with the weights that training begins with.
sep::Separator make_separator(const sep::MaskInferenceOptions& options) {
  std::vector<sep::LoadedModel> models;
  for (const auto& stem : kStems) {
    sep::ModelDescription description;
    description.mask_inference = options;
    description.instrument = stem;
    auto model = sep::make_model(description);
    model->init_parameters(sep::RandomStream(7, stem));
    models.push_back({description, model});
  }
  return sep::Separator(std::move(models));
}

/// Scores the piece on state.range(0) threads; the models' estimates, where there are
/// models, and the mixture as estimate.
void evaluate(benchmark::State& state,
              const sep::Separator* separator,
              bool with_ideal_masks) {
  sep::set_num_threads(state.range(0));
  sep::EvaluationOptions options;
  options.ideal_masks = with_ideal_masks;
  options.num_threads = state.range(0);
  const auto& audio = piece();
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        sep::evaluate_piece({}, {}, audio, kStems, separator, options));
  }
  bench::set_realtime(state, kSeconds);
}

void scores(benchmark::State& state) { evaluate(state, nullptr, false); }
void scores_and_ideal_masks(benchmark::State& state) { evaluate(state, nullptr, true); }

void separation(benchmark::State& state, const sep::MaskInferenceOptions& options) {
  sep::set_num_threads(state.range(0));
  const auto separator = make_separator(options);
  const auto& mixture = piece().mixture;
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) benchmark::DoNotOptimize(separator.separate(mixture));
  bench::set_realtime(state, kSeconds);
}

void separation_and_scores(benchmark::State& state,
                           const sep::MaskInferenceOptions& options) {
  const auto separator = make_separator(options);
  evaluate(state, &separator, false);
}

void on_one_and_two(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("threads")->Arg(1)->Arg(2);
  benchmark->UseRealTime()->Unit(benchmark::kMillisecond);
}

const sep::MaskInferenceOptions kModelA{50, 1, 0.0, sep::LstmBackend::kAuto};
const sep::MaskInferenceOptions kModelE{200, 2, 0.2, sep::LstmBackend::kAuto};

BENCHMARK(scores)->Apply(on_one_and_two);
BENCHMARK(scores_and_ideal_masks)->Apply(on_one_and_two);
BENCHMARK_CAPTURE(separation, a, kModelA)->Apply(on_one_and_two);
BENCHMARK_CAPTURE(separation, e, kModelE)->Apply(on_one_and_two);
BENCHMARK_CAPTURE(separation_and_scores, a, kModelA)->Apply(on_one_and_two);
BENCHMARK_CAPTURE(separation_and_scores, e, kModelE)->Apply(on_one_and_two);

}  // namespace
