// Rendering training mixtures: against SoX as a program, kept against made each time.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "libsep/audio/file.h"
#include "libsep/core/parallel.h"
#include "libsep/core/random.h"
#include "libsep/data/fold_mixtures.h"
#include "libsep/data/mixture_dataset.h"

namespace {

namespace fs = std::filesystem;

constexpr int64_t kRate = 44100;
constexpr double kPieceSeconds = 33.0;
const std::vector<sep::StemName> kStems = {"bassoon", "clarinet", "saxphone", "violin"};
const sep::Fold kFold{1, {1, 2}, {0}, {}};

/// Three pieces of noise in a folder of its own, removed at the end.
struct Pieces {
  Pieces()
      : folder(fs::temp_directory_path() / fmt::format("libsep-bench-{}", ::getpid())) {
    fs::create_directories(folder);
    dataset.instruments = kStems;
    dataset.sample_rate = kRate;
    for (int64_t p = 0; p < 3; ++p) dataset.pieces.push_back(write_piece(p));
  }
  ~Pieces() { fs::remove_all(folder); }
  Pieces(const Pieces&) = delete;
  Pieces& operator=(const Pieces&) = delete;

  sep::Piece write_piece(int64_t index) const {
    sep::Piece piece;
    piece.name = fmt::format("piece-{}", index);
    piece.sample_rate = kRate;
    piece.num_samples = static_cast<int64_t>(kPieceSeconds * double(kRate));
    for (const auto& stem : kStems) {
      auto signal = sep::make_silence(1, piece.num_samples, kRate);
      sep::RandomStream random(7, stem, {index});
      for (float& value : signal.samples) {
        value = static_cast<float>(random.uniform(-0.2, 0.2));
      }
      piece.stems[stem] = folder / fmt::format("{}-{}.wav", piece.name, stem);
      sep::write_audio(piece.stems[stem], signal, sep::SampleFormat::kInt16);
    }
    return piece;
  }

  fs::path folder;
  sep::Dataset dataset;
};

const Pieces& pieces() {
  static const Pieces instance;
  return instance;
}

/// The draws of a fold; all have 25 s of output but for the stretch.
const std::vector<sep::MixtureDraw>& draws() {
  static const auto all = sep::MixtureRenderer(pieces().dataset, {}).draw_train(kFold);
  return all;
}

std::map<std::string, sep::PieceAudio> load_all() {
  std::map<std::string, sep::PieceAudio> audio;
  for (const auto& piece : pieces().dataset.pieces) {
    audio[piece.name].stems = sep::load_stems(piece);
  }
  return audio;
}

void set_realtime(benchmark::State& state, double seconds) {
  state.counters["x_realtime"] = benchmark::Counter(
      seconds * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

/// Processor time of this process and of the children it has waited for, in seconds.
double processor_seconds() {
  double seconds = 0.0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(who, &usage);
    for (const auto& time : {usage.ru_utime, usage.ru_stime}) {
      seconds += double(time.tv_sec) + 1e-6 * double(time.tv_usec);
    }
  }
  return seconds;
}

/// Counts what an iteration takes of all cores: on a busy machine it says more than the
/// clock.
class ProcessorCounter {
 public:
  explicit ProcessorCounter(benchmark::State& state)
      : state_(state), start_(processor_seconds()) {}
  ~ProcessorCounter() {
    state_.counters["processor_ms"] =
        1e3 * (processor_seconds() - start_) / double(state_.iterations());
  }
  ProcessorCounter(const ProcessorCounter&) = delete;
  ProcessorCounter& operator=(const ProcessorCounter&) = delete;

 private:
  benchmark::State& state_;
  double start_;
};

/// What scaper does before: the event as a file of its own.
fs::path write_event(const sep::MixtureDraw& draw, const sep::StemName& stem) {
  const auto& dataset = pieces().dataset;
  const auto& piece = dataset.pieces[dataset.piece_index(draw.piece)];
  auto signal = sep::read_audio(piece.stems.at(stem));
  const auto begin = static_cast<std::ptrdiff_t>(draw.source_time * double(kRate));
  const auto length = static_cast<std::ptrdiff_t>(draw.event_duration * double(kRate));
  signal.samples = {signal.samples.begin() + begin,
                    signal.samples.begin() + begin + length};
  const auto path = pieces().folder / ("event-" + stem + ".wav");
  sep::write_audio(path, signal, sep::SampleFormat::kInt16);
  return path;
}

void sox_program(benchmark::State& state) {
  const auto& draw = draws().front();
  std::vector<std::string> commands;
  for (const auto& stem : kStems) {
    commands.push_back(
        fmt::format("exec sox '{}' '{}' rate -h {} pitch {:.6f} tempo -s {:.6f} rate {}",
                    write_event(draw, stem).string(),
                    (pieces().folder / ("out-" + stem + ".wav")).string(),
                    kRate,
                    100.0 * draw.pitch_shift,
                    1.0 / draw.time_stretch,
                    kRate));
  }
  const ProcessorCounter counter(state);
  for (auto _ : state) {
    for (const auto& command : commands) {
      if (std::system(command.c_str()) != 0) {
        state.SkipWithError("no sox program?");
        return;
      }
    }
  }
  set_realtime(state, 25.0);
}
BENCHMARK(sox_program)->UseRealTime()->Unit(benchmark::kMillisecond);

void render_mixture(benchmark::State& state) {
  const auto audio = load_all();
  draws();
  const ProcessorCounter counter(state);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        sep::render_mixture({}, draws().front(), audio, state.range(0)));
  }
  set_realtime(state, 25.0);
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
  pieces();
  const ProcessorCounter counter(state);
  for (auto _ : state) make_fold(nullptr);
}
BENCHMARK(fold_rendered)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(1);

void fold_rendered_into_cache(benchmark::State& state) {
  pieces();
  const ProcessorCounter counter(state);
  for (auto _ : state) {
    state.PauseTiming();
    fs::remove_all(pieces().folder / "cold");
    state.ResumeTiming();
    sep::StemCache cache(pieces().folder / "cold");
    make_fold(&cache);
  }
}
BENCHMARK(fold_rendered_into_cache)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

void fold_cached(benchmark::State& state) {
  sep::StemCache cache(pieces().folder / "warm");
  make_fold(&cache);
  const ProcessorCounter counter(state);
  for (auto _ : state) make_fold(&cache);
}
BENCHMARK(fold_cached)->UseRealTime()->Unit(benchmark::kMillisecond)->Iterations(1);

/// One use of a mixture where nothing is kept: pieces read, mixture rendered on all cores,
/// its spectra computed.
void mixture_each_time(benchmark::State& state) {
  const sep::MixtureRenderer renderer(pieces().dataset, {});
  draws();
  const ProcessorCounter counter(state);
  for (auto _ : state) {
    const auto mixtures = renderer.render({draws().front()}, 0);
    benchmark::DoNotOptimize(
        sep::MixtureDataset(mixtures, "violin", sep::TargetRule::kByName, {}, 0));
  }
}
BENCHMARK(mixture_each_time)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
