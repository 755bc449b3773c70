// Training: the matrix product as the ceiling, a layer of the LSTM, whole iterations, each
// against LibTorch's own LSTM.
#include <benchmark/benchmark.h>
#include <malloc.h>
#include <torch/torch.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "benchmarks/measure.h"
#include "libsep/core/threads.h"
#include "libsep/model/blstm.h"
#include "libsep/model/model_file.h"
#include "libsep/model/serial_math.h"
#include "libsep/train/gradients.h"
#include "libsep/train/losses.h"
#include "libsep/train/training_state.h"
#include "tests/support/temporary_folder.h"

namespace {

// A batch of the thesis: five mixtures of 25 s at 44.1 kHz, windows of 512, hops of 128.
constexpr int64_t kBatch = 5;
constexpr int64_t kFrames = 8615;
constexpr int64_t kBins = 257;

constexpr auto kOurs = sep::LstmBackend::kOneDnn;
constexpr auto kTorch = sep::LstmBackend::kTorch;

sep::MaskInferenceOptions model_a(sep::LstmBackend lstm) { return {50, 1, 0.0, lstm}; }
sep::MaskInferenceOptions model_e(sep::LstmBackend lstm) { return {200, 2, 0.2, lstm}; }

bool can_run(sep::LstmBackend lstm, benchmark::State& state) {
  const bool can = lstm == kTorch || sep::has_onednn();
  if (!can) state.SkipWithError("built without oneDNN");
  return can;
}

/// libsep keeps LibTorch to one thread; compared with, it gets as many as we.
void set_threads(sep::LstmBackend lstm, int64_t num_threads) {
  sep::set_num_threads(num_threads);
  sep::set_torch_threads(1);
  if (lstm == kTorch) sep::set_torch_threads(num_threads);
}

/// (B, T, width) of 0 … 1, in memory (T, B, width) as batches lie.
torch::Tensor random_frames(int64_t width) {
  return torch::rand({kFrames, kBatch, width}).transpose(0, 1);
}

/// (rows, inner) times (inner, columns); shows as flop=…G/s.
void matrix_product(benchmark::State& state, int64_t rows, int64_t inner, int64_t columns) {
  sep::set_torch_threads(state.range(0));
  const auto left = torch::rand({rows, inner});
  const auto right = torch::rand({inner, columns});
  auto result = torch::empty({rows, columns});
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) torch::mm_out(result, left, right);
  bench::set_rate(state, "flop", 2.0 * double(rows) * double(inner) * double(columns));
}

/// The first layer of model E, forward and backward, input's gradient included.
class Layer {
 public:
  explicit Layer(sep::LstmBackend lstm)
      : lstm_(sep::BlstmOptions{kBins, kHidden, 1, 0.0, lstm}),
        input_(random_frames(kBins).requires_grad_(true)),
        gradient_(random_frames(2 * kHidden)) {
    const torch::NoGradGuard no_gradients;
    for (auto& parameter : lstm_->parameters()) parameter.uniform_(-0.07, 0.07);
  }

  void train() {
    lstm_->zero_grad();
    input_.mutable_grad().reset();
    lstm_->forward(input_).backward(gradient_);
  }

  /// Of the matrices in both directions; backward takes twice what forward takes.
  static double operations() {
    return 3.0 * double(kBatch * kFrames) * 2.0 * (2.0 * 4 * kHidden * (kBins + kHidden));
  }

 private:
  static constexpr int64_t kHidden = 200;
  sep::Blstm lstm_;
  torch::Tensor input_, gradient_;
};

void layer(benchmark::State& state, sep::LstmBackend lstm) {
  if (!can_run(lstm, state)) return;
  set_threads(lstm, state.range(0));
  Layer one(lstm);
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) one.train();
  bench::set_rate(state, "flop", Layer::operations());
}

/// Two at a time, of one thread each; both are counted.
void layers_side_by_side(benchmark::State& state, sep::LstmBackend lstm) {
  if (!can_run(lstm, state)) return;
  sep::set_num_threads(2);
  sep::set_torch_threads(1);
  std::vector<Layer> pair;
  for (int i = 0; i < 2; ++i) pair.emplace_back(lstm);
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) {
    sep::parallel_for(2, 2, [&](int64_t i) { pair[static_cast<size_t>(i)].train(); });
  }
  bench::set_rate(state, "flop", 2.0 * Layer::operations());
}

/// A training as sep-train runs it, on one batch.
class Training {
 public:
  explicit Training(const sep::MaskInferenceOptions& options)
      : description_(describe(options)),
        model_(make(description_)),
        optimizer_(sep::make_adam({}, *model_)) {
    batch_.input = random_frames(kBins);
    batch_.known.mixture = batch_.input;
    batch_.known.targets = (random_frames(kBins) * batch_.input).unsqueeze(1);
  }

  /// What the end of an epoch writes: state, best, last.
  void save(const std::filesystem::path& folder) const {
    sep::save_training_state(
        folder / "state.safetensors", description_, {*model_, *optimizer_}, {});
    for (const char* name : {"best.safetensors", "last.safetensors"}) {
      sep::save_model(folder / name, *model_, description_);
    }
  }

  void iterate(int64_t micro_batch_size = 0) {
    optimizer_->zero_grad();
    sep::loss_and_gradients(*model_, *loss_, batch_, ++dropout_seed_, micro_batch_size);
    benchmark::DoNotOptimize(sep::gradient_norm(*model_));
    optimizer_->step();
  }

 private:
  static sep::ModelDescription describe(const sep::MaskInferenceOptions& options) {
    sep::ModelDescription description;
    description.mask_inference = options;
    return description;
  }

  static std::shared_ptr<sep::Network> make(const sep::ModelDescription& description) {
    auto model = sep::make_model(description);
    model->init_parameters(sep::RandomStream(7));
    model->train();
    return model;
  }

  sep::ModelDescription description_;
  std::shared_ptr<sep::Network> model_;
  std::unique_ptr<sep::Optimizer> optimizer_;
  std::shared_ptr<sep::Loss> loss_ = sep::Kind<sep::losses>("magnitude_l1").make();
  sep::Batch batch_;
  uint64_t dropout_seed_ = 0;
};

void iteration(benchmark::State& state, const sep::MaskInferenceOptions& options) {
  if (!can_run(options.lstm, state)) return;
  set_threads(options.lstm, state.range(0));
  Training training(options);
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) training.iterate();
  bench::set_rate(state, "iterations", 1.0);
}

/// Saving, flushed to the disk of $TMPDIR. Compare with `iteration`: model E has an epoch
/// each 25 of them, model A each 10.
void saving(benchmark::State& state, const sep::MaskInferenceOptions& options) {
  if (!can_run(options.lstm, state)) return;
  set_threads(options.lstm, 1);
  const TemporaryFolder folder;
  Training training(options);
  training.iterate();  // Adam has its moments only then
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) training.save(folder.path());
}

/// Two trainings of one thread each; the iterations of both are counted.
void iterations_side_by_side(benchmark::State& state,
                             const sep::MaskInferenceOptions& options) {
  if (!can_run(options.lstm, state)) return;
  sep::set_num_threads(2);
  sep::set_torch_threads(1);
  Training first(options);
  Training second(options);
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) {
    sep::parallel_for(2, 2, [&](int64_t i) { (i == 0 ? first : second).iterate(); });
  }
  bench::set_rate(state, "iterations", 2.0);
}

/// Gives free memory back and forgets the peak so far; false where Linux does not let us.
bool reset_peak_memory() {
  malloc_trim(0);
  std::ofstream file("/proc/self/clear_refs");
  file << "5" << std::flush;
  return file.good();
}

/// Most memory resident since, in MB.
double peak_memory_mb() {
  std::ifstream file("/proc/self/status");
  std::string word;
  while (file >> word && word != "VmHWM:") continue;
  double kilobytes = 0.0;
  file >> kilobytes;
  return kilobytes * 1.024e-3;
}

/// Model E, some sequences of the batch through the layers at a time; 0: all.
void micro_batch(benchmark::State& state, sep::LstmBackend lstm) {
  if (!can_run(lstm, state)) return;
  sep::set_num_threads(0);
  sep::set_torch_threads(1);
  Training training(model_e(lstm));
  const bool has_peak = reset_peak_memory();
  training.iterate(state.range(0));
  if (has_peak) state.counters["peak_mb"] = peak_memory_mb();
  const bench::ProcessorCounter counter(state);
  for (auto _ : state) training.iterate(state.range(0));
  bench::set_rate(state, "iterations", 1.0);
}

void in_seconds(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseRealTime()->Unit(benchmark::kSecond);
}
void on_one_and_two(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("threads")->Arg(1)->Arg(2)->Apply(in_seconds);
}
// LibTorch's rows take up to a minute.
void once(benchmark::internal::Benchmark* benchmark) {
  benchmark->Iterations(1)->Apply(in_seconds);
}
void once_on_one_and_two(benchmark::internal::Benchmark* benchmark) {
  benchmark->Iterations(1)->Apply(on_one_and_two);
}

BENCHMARK_CAPTURE(matrix_product, square, 4096, 4096, 4096)->Apply(on_one_and_two);
BENCHMARK_CAPTURE(matrix_product, lstm_input, kBatch* kFrames, kBins, 800)
    ->Apply(on_one_and_two);

BENCHMARK_CAPTURE(layer, ours, kOurs)->Apply(on_one_and_two);
BENCHMARK_CAPTURE(layer, torch, kTorch)->Apply(once_on_one_and_two);
BENCHMARK_CAPTURE(layers_side_by_side, ours, kOurs)->Apply(in_seconds);
BENCHMARK_CAPTURE(layers_side_by_side, torch, kTorch)->Apply(once);

BENCHMARK_CAPTURE(iteration, a_ours, model_a(kOurs))->Apply(on_one_and_two);
BENCHMARK_CAPTURE(iteration, a_torch, model_a(kTorch))->Apply(once_on_one_and_two);
BENCHMARK_CAPTURE(iteration, e_ours, model_e(kOurs))->Apply(on_one_and_two);
BENCHMARK_CAPTURE(iteration, e_torch, model_e(kTorch))->Apply(once_on_one_and_two);
BENCHMARK_CAPTURE(saving, a_ours, model_a(kOurs))->Apply(in_seconds);
BENCHMARK_CAPTURE(saving, e_ours, model_e(kOurs))->Apply(in_seconds);
BENCHMARK_CAPTURE(iterations_side_by_side, a_ours, model_a(kOurs))->Apply(in_seconds);
BENCHMARK_CAPTURE(iterations_side_by_side, e_ours, model_e(kOurs))->Apply(in_seconds);

BENCHMARK_CAPTURE(micro_batch, e_ours, kOurs)
    ->ArgName("sequences")
    ->Arg(0)
    ->Arg(1)
    ->Arg(2)
    ->Apply(once);

}  // namespace
