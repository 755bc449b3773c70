// Rendering training mixtures: against SoX as a program, kept against made each time.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "benchmarks/measure.h"
#include "libsep/audio/file.h"
#include "libsep/core/error.h"
#include "libsep/core/progress.h"
#include "libsep/data/dataset.h"
#include "libsep/mixing/fold_mixtures.h"
#include "libsep/mixing/mixture_dataset.h"
#include "libsep/synthesis/chorale_dataset.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;

constexpr int64_t kRate = 44100;
constexpr double kPieceSeconds = 33.0;
const std::vector<sep::StemName> kStems = {"bassoon", "clarinet", "saxphone", "violin"};
const sep::Fold kFold{1, {1, 2}, {0}, {}};

/// Three synthetic chorales in a folder of their own, removed at the end.
struct Pieces {
  Pieces() {
    sep::ChoraleOptions options;
    options.num_pieces = 3;
    options.seconds = kPieceSeconds;
    sep::Progress quiet;
    sep::synthesize_chorales(folder.path() / "chorales", options, quiet);
    dataset = sep::open_dataset(folder.path() / "chorales");
  }

  TemporaryFolder folder;
  sep::Dataset dataset;
};

const Pieces& pieces() {
  static const Pieces instance;
  return instance;
}

/// Makes the pieces where they are not made yet; where that cannot be, skips the benchmark.
bool has_pieces(benchmark::State& state) {
  try {
    pieces();
    return true;
  } catch (const sep::Error& error) {
    state.SkipWithError(error.what());
    return false;
  }
}

/// The draws of a fold; all have 25 s of output but for the stretch.
const std::vector<sep::MixtureDraw>& draws() {
  static const auto all = sep::MixtureRenderer(pieces().dataset, {}).draw_train(kFold);
  return all;
}

/// What scaper does before: the event as a file of its own.
fs::path write_event(const sep::MixtureDraw& draw, const sep::StemName& stem) {
  const auto& dataset = pieces().dataset;
  const auto& piece = dataset.pieces[dataset.piece_index(draw.piece)];
  auto signal = sep::load_stem(piece, stem);
  const auto begin = static_cast<std::ptrdiff_t>(draw.source_time * double(kRate));
  const auto length = static_cast<std::ptrdiff_t>(draw.event_duration * double(kRate));
  signal.samples = {signal.samples.begin() + begin,
                    signal.samples.begin() + begin + length};
  const auto path = pieces().folder.path() / ("event-" + stem + ".wav");
  sep::write_audio(path, signal, sep::SampleFormat::kInt16);
  return path;
}

void sox_program(benchmark::State& state) {
  if (!has_pieces(state)) return;
  const auto& draw = draws().front();
  std::vector<std::string> commands;
  for (const auto& stem : kStems) {
    commands.push_back(
        fmt::format("exec sox '{}' '{}' rate -h {} pitch {:.6f} tempo -s {:.6f} rate {}",
                    write_event(draw, stem).string(),
                    (pieces().folder.path() / ("out-" + stem + ".wav")).string(),
                    kRate,
                    100.0 * draw.pitch_shift,
                    1.0 / draw.time_stretch,
                    kRate));
  }
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) {
    for (const auto& command : commands) {
      if (std::system(command.c_str()) != 0) {
        state.SkipWithError("no sox program?");
        return;
      }
    }
  }
  bench::set_realtime(state, 25.0);
}
BENCHMARK(sox_program)->UseRealTime()->Unit(benchmark::kMillisecond);

void render_mixture(benchmark::State& state) {
  if (!has_pieces(state)) return;
  const sep::MixtureRenderer renderer(pieces().dataset, {});
  benchmark::DoNotOptimize(renderer.render({draws().front()}, 1));  // reads the piece
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) {
    benchmark::DoNotOptimize(renderer.render({draws().front()}, state.range(0)));
  }
  bench::set_realtime(state, 25.0);
}
BENCHMARK(render_mixture)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

/// Renders a fold and computes the examples of all instruments.
void make_fold(sep::StemCache* cache) {
  const sep::MixtureRenderer renderer(pieces().dataset, {}, cache);
  const auto fold = renderer.render_fold(kFold, 0);
  for (const auto* part : {&fold.train, &fold.validation}) {
    const sep::MixtureSpectra spectra(*part, {}, 0);
    for (const auto& stem : kStems) {
      benchmark::DoNotOptimize(
          sep::MixtureDataset(*part, spectra, stem, sep::TargetRule::kByName, 0));
    }
  }
}

void fold_rendered(benchmark::State& state) {
  if (!has_pieces(state)) return;
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) make_fold(nullptr);
}
BENCHMARK(fold_rendered)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(1);

void fold_rendered_into_cache(benchmark::State& state) {
  if (!has_pieces(state)) return;
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) {
    state.PauseTiming();
    fs::remove_all(pieces().folder.path() / "cold");
    state.ResumeTiming();
    sep::StemCache cache(pieces().folder.path() / "cold");
    make_fold(&cache);
  }
}
BENCHMARK(fold_rendered_into_cache)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

void fold_cached(benchmark::State& state) {
  if (!has_pieces(state)) return;
  sep::StemCache cache(pieces().folder.path() / "warm");
  make_fold(&cache);
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) make_fold(&cache);
}
BENCHMARK(fold_cached)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(1);

/// One use of a mixture where nothing is kept: its piece read, mixture rendered on all
/// cores, its spectra computed.
void mixture_each_time(benchmark::State& state) {
  if (!has_pieces(state)) return;
  draws();
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) {
    const sep::MixtureRenderer renderer(pieces().dataset, {});
    const auto mixtures = renderer.render({draws().front()}, 0);
    benchmark::DoNotOptimize(
        sep::MixtureDataset(mixtures, "violin", sep::TargetRule::kByName, {}, 0));
  }
}
BENCHMARK(mixture_each_time)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
