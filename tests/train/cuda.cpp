// What runs on a CUDA device against the same on the CPU. Skipped where there is none.
#include <c10/core/impl/VirtualGuardImpl.h>

#include "libsep/core/threads.h"
#include "libsep/model/device.h"
#include "libsep/model/mask_inference.h"
#include "libsep/separation/stream_separator.h"
#include "libsep/train/gradients.h"
#include "libsep/train/trainer.h"
#include "tests/support/catch_torch.h"
#include "tests/support/paths.h"
#include "tests/train/examples.h"

using namespace sep;

#define WANT_CUDA() \
  if (!torch::cuda::is_available()) SEP_SKIP("LibTorch finds no CUDA device")

namespace {

const char* const kFiles[] = {"best.safetensors", "last.safetensors", "history.csv"};

torch::Device cuda() { return torch_device(DeviceChoice::kCuda); }

/// Loss and gradients of one update, in double on the CPU.
struct Update {
  double loss = 0.0;
  std::vector<torch::Tensor> gradients;
};

Update update_on(const torch::Device& device,
                 torch::ScalarType type,
                 int64_t hidden_size,
                 int64_t micro_batch_size) {
  constexpr int64_t kBins = 64;
  MaskInferenceOptions options;
  options.hidden_size = hidden_size;
  options.num_layers = 2;
  options.dropout = 0.3;
  MaskInference model(kBins, options);
  model.init_parameters(RandomStream(3));
  model.to(device, type);
  const auto draw = [&](int64_t seed) {
    auto values = torch::empty({4, 300, kBins});
    RandomStream random(9, "values", {seed});
    for (int64_t i = 0; i < values.numel(); ++i) {
      values.data_ptr<float>()[i] = static_cast<float>(std::abs(random.normal()));
    }
    return values.to(device, type);
  };
  Batch batch;
  batch.input = draw(1);
  batch.known.mixture = batch.input;
  batch.known.targets = draw(2).unsqueeze(1);
  Update update;
  update.loss = loss_and_gradients(
      model, *Kind<losses>("magnitude_l1").make(), batch, 5, micro_batch_size);
  for (const auto& parameter : model.parameters()) {
    update.gradients.push_back(parameter.grad().to(torch::kCPU, torch::kFloat64));
  }
  return update;
}

/// The larger one; of a number and NaN, NaN.
double larger(double a, double b) { return b <= a ? a : b; }

float distance(const Signal& a, const Signal& b) {
  REQUIRE(a.samples.size() == b.samples.size());
  double worst = 0.0;
  for (size_t i = 0; i < a.samples.size(); ++i) {
    worst = larger(worst, std::abs(a.samples[i] - b.samples[i]));
  }
  return static_cast<float>(worst);
}

/// The largest difference of a gradient, by the largest of its parameter's.
double worst_difference(const Update& found, const Update& wanted) {
  REQUIRE(found.gradients.size() == wanted.gradients.size());
  double worst = std::abs(found.loss / wanted.loss - 1.0);
  for (size_t i = 0; i < wanted.gradients.size(); ++i) {
    const auto& exact = wanted.gradients[i];
    const auto difference = (found.gradients[i] - exact).abs().max() / exact.abs().max();
    worst = larger(worst, difference.item<double>());
  }
  return worst;
}

std::vector<EpochEvent> history_on(const torch::Device& device, bool mixed_precision) {
  const TemporaryFolder folder;
  auto setup = small_setup(folder.path());
  setup.device = device;
  setup.options.mixed_precision = mixed_precision;
  Progress silent;
  Trainer(setup).run(small_dataset(4, 1), small_dataset(2, 2), silent);
  return read_history(folder / "history.csv");
}

/// The largest difference of a loss of two trainings, by the loss.
double worst_difference(const std::vector<EpochEvent>& found,
                        const std::vector<EpochEvent>& wanted) {
  REQUIRE(found.size() == wanted.size());
  double worst = 0.0;
  for (size_t i = 0; i < wanted.size(); ++i) {
    worst = larger(worst, std::abs(found[i].train_loss / wanted[i].train_loss - 1.0));
    worst =
        larger(worst, std::abs(found[i].validation_loss / wanted[i].validation_loss - 1.0));
  }
  return worst;
}

LoadedModel separating_model(const StemName& instrument, uint64_t seed) {
  LoadedModel loaded;
  loaded.description.instrument = instrument;
  loaded.description.mask_inference.hidden_size = 6;
  loaded.description.mask_inference.num_layers = 2;
  loaded.description.stft = {64, 16};
  loaded.model = make_model(loaded.description);
  loaded.model->init_parameters(RandomStream(seed));
  loaded.model->eval();
  return loaded;
}

}  // namespace

// cuDNN has an algorithm for small layers (LibTorch 2.11 takes it up to 128 units), and
// another for larger ones.
TEST_CASE("an update on CUDA has the CPU's loss and gradients", "[train][cuda]") {
  WANT_CUDA();
  const int64_t hidden_size = GENERATE(20, 200);
  const int64_t micro_batch_size = GENERATE(0, 1);
  CAPTURE(hidden_size, micro_batch_size);
  const auto exact = update_on(torch::kCPU, torch::kFloat64, hidden_size, 0);
  const auto worst = [&](torch::ScalarType type) {
    const auto found = update_on(cuda(), type, hidden_size, micro_batch_size);
    return worst_difference(found, exact);
  };
  // Dropout included, bit for bit: a unit dropped on one side alone moves far more. Sums
  // of 1200 frames, carried through 300 steps, in a precision of 1e-16.
  CHECK(worst(torch::kFloat64) < 1e-11);
  CHECK(worst(torch::kFloat32) < 5e-5);  // the same sums in a precision of 6e-8
}

TEST_CASE("a training on CUDA follows the CPU's", "[train][cuda]") {
  WANT_CUDA();
  const auto wanted = history_on(torch::kCPU, false);
  // Twelve updates of Adam at 1e-2, whose first steps depend on gradients' signs alone:
  // where one is nearly zero, rounding decides.
  CHECK(worst_difference(history_on(cuda(), false), wanted) < 1e-2);
  // bfloat16 has 8 bits.
  CHECK(worst_difference(history_on(cuda(), true), wanted) < 0.1);
}

TEST_CASE("a training on CUDA stopped anywhere ends with the same bytes",
          "[train][cuda][resume]") {
  WANT_CUDA();
  const bool mixed_precision = GENERATE(false, true);
  const int64_t hidden_size = GENERATE(7, 200);
  CAPTURE(mixed_precision, hidden_size);
  const TemporaryFolder whole;
  const auto train = small_dataset(5, 1);
  const auto validation = small_dataset(3, 2);
  Progress silent;
  auto setup = small_setup(whole.path());
  setup.device = cuda();
  setup.description.mask_inference.hidden_size = hidden_size;
  setup.options.mixed_precision = mixed_precision;
  Trainer(setup).run(train, validation, silent);
  for (const int64_t stop : {0, 1, 4, 7, 11}) {
    INFO("stopped after " << stop);
    const TemporaryFolder parts;
    setup.folder = parts.path();
    StopAfter interrupt(stop);
    Trainer(setup).run(train, validation, interrupt);
    CHECK(Trainer(setup).run(train, validation, silent).num_iterations == 12 - stop);
    for (const char* name : kFiles) CHECK(bytes(whole / name) == bytes(parts / name));
  }
}

TEST_CASE("trainings side by side on CUDA do not disturb each other", "[train][cuda]") {
  WANT_CUDA();
  const int64_t hidden_size = GENERATE(7, 200);
  CAPTURE(hidden_size);
  constexpr int64_t kTrainings = 4;
  const auto train = small_dataset(5, 1);
  const auto validation = small_dataset(3, 2);
  const TemporaryFolder alone;
  const TemporaryFolder together;
  const auto device = cuda();
  const auto run = [&](const TemporaryFolder& root, int64_t seed) {
    auto setup = small_setup(root / std::to_string(seed));
    std::filesystem::create_directories(setup.folder);
    setup.description.mask_inference.hidden_size = hidden_size;
    setup.init_seed = static_cast<uint64_t>(seed);
    setup.dropout_seed = static_cast<uint64_t>(seed + 100);
    setup.device = device;
    Progress silent;
    const OwnStream stream(device);
    Trainer(setup).run(train, validation, silent);
  };
  parallel_for(kTrainings, 1, [&](int64_t seed) { run(alone, seed); });
  parallel_for(kTrainings, kTrainings, [&](int64_t seed) { run(together, seed); });
  for (int64_t seed = 0; seed < kTrainings; ++seed) {
    for (const char* name : kFiles) {
      const auto file = std::filesystem::path(std::to_string(seed)) / name;
      CHECK(bytes(alone / file) == bytes(together / file));
    }
  }
}

TEST_CASE("streams are different while they live, and used again", "[model][cuda]") {
  WANT_CUDA();
  const auto device = cuda();
  const auto current = [&] {
    const c10::impl::VirtualGuardImpl guard(device.type());
    return guard.getStream(guard.getDevice());
  };
  const auto before = current();
  const auto stream_of_one = [&] {
    const OwnStream one(device);
    return current();
  };
  const auto first = stream_of_one();
  CHECK(first != before);
  CHECK(current() == before);
  CHECK(stream_of_one() == first);
  {
    const OwnStream one(device);
    const auto outer = current();
    const OwnStream two(device);
    CHECK(current() != outer);
    CHECK(current() != before);
  }
  CHECK(current() == before);
}

TEST_CASE("stems separated on CUDA are those of the CPU", "[separation][cuda]") {
  WANT_CUDA();
  RandomStream random(7);
  Signal mixture = make_silence(2, 20000, 44100);
  for (auto& x : mixture.samples) x = static_cast<float>(0.1 * random.normal());
  const auto separator_on = [&](const torch::Device& device) {
    return Separator({separating_model("violin", 1), separating_model("bassoon", 2)},
                     device);
  };
  const auto wanted = separator_on(torch::kCPU).separate(mixture);
  const auto on_cuda = separator_on(cuda());
  const auto whole = on_cuda.separate(mixture);
  StreamSeparator stream(on_cuda, mixture.num_channels, {0.05, {}});
  stream.push(mixture);
  stream.finish();
  std::map<StemName, int64_t> samples;
  for (const auto& [name, stem] : wanted) {
    // Masks of sums of some hundred floats: some eps of the loudest sample.
    CHECK(distance(whole.at(name), stem) < 1e-5F * peak(mixture));
  }
  for (auto stems = stream.next(); !stems.empty(); stems = stream.next()) {
    for (const auto& [name, part] : stems) {
      auto& begin = samples[name];
      const auto same = slice(wanted.at(name), begin, begin + part.num_samples());
      CHECK(distance(part, same) < 1e-5F * peak(mixture));
      begin += part.num_samples();
    }
  }
  for (const auto& [name, stem] : wanted) CHECK(samples[name] == stem.num_samples());
}
