#include "libsep/train/trainer.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "libsep/core/error.h"
#include "libsep/core/safetensors.h"
#include "libsep/train/loss.h"
#include "tests/support/catch_torch.h"
#include "tests/support/host_settings.h"
#include "tests/support/messages.h"
#include "tests/support/paths.h"
#include "tests/train/examples.h"

using namespace sep;

namespace {

torch::Tensor published_loss(Network& model, const Batch& batch) {
  return masked_magnitude_l1(
      model(batch.input).squeeze(1), batch.input, batch.known.targets.squeeze(1));
}

}  // namespace

TEST_CASE("training lowers the loss and keeps the best epoch", "[train]") {
  const TemporaryFolder folder;
  auto setup = small_setup(folder.path());
  setup.options.num_epochs = 20;
  Progress silent;
  const auto summary = Trainer(setup).run(small_dataset(4, 1), small_dataset(4, 2), silent);
  const auto history = read_history(folder / "history.csv");
  REQUIRE(history.size() == 20);
  CHECK(history.back().train_loss < 0.5 * history.front().train_loss);
  CHECK(summary.num_iterations == 80);
  double best = std::numeric_limits<double>::infinity();
  int64_t best_epoch = 0;
  for (const auto& record : history) {
    CHECK(record.iterations == 4 * record.epoch);
    CHECK(record.is_best == (record.validation_loss <= best));
    if (record.is_best) {
      best = record.validation_loss;
      best_epoch = record.epoch;
    }
  }
  CHECK(summary.best_epoch == best_epoch);
  CHECK(summary.best_validation_loss == best);
  CHECK(TrainingFiles(folder.path()).is_done(setup.options));
  auto longer = setup.options;
  longer.num_epochs = 21;
  CHECK_FALSE(TrainingFiles(folder.path()).is_done(longer));
  CHECK_FALSE(std::filesystem::exists(folder / "state.safetensors"));
  // The best checkpoint is the one whose validation loss history names.
  const auto model = load_model(folder / "best.safetensors").model;
  const torch::NoGradGuard no_gradients;
  const auto validation = small_dataset(4, 2);
  double sum = 0.0;
  for (int64_t b = 0; b < 2; ++b) {
    const auto batch = make_batch(validation, b, 2, torch::kCPU);
    sum += published_loss(*model, batch).item<double>();
  }
  CHECK(sum / 2 == best);
}

TEST_CASE("a training leaves a host's settings as they were", "[train][host]") {
  const HostSettings host(3);
  const TemporaryFolder folder;
  auto setup = small_setup(folder.path());
  setup.description.mask_inference.dropout = 0.3;
  Progress silent;
  Trainer(setup).run(small_dataset(6, 1), small_dataset(2, 2), silent);
  host.check();
}

TEST_CASE("the pass over the batches goes on across epochs", "[train]") {
  // Three batches, epochs of four: 0 1 2 0 | 1 2 0 1 | 2 0 1 2, by hand.
  const TemporaryFolder folder;
  auto setup = small_setup(folder.path());
  setup.description.mask_inference.dropout = 0.0;
  const auto train = small_dataset(6, 1);
  Progress silent;
  Trainer(setup).run(train, small_dataset(2, 2), silent);

  const auto model = make_model(setup.description);
  model->init_parameters(RandomStream(setup.init_seed));
  model->train();
  torch::optim::Adam adam(model->parameters(), torch::optim::AdamOptions(1e-2));
  for (int64_t i = 0; i < 12; ++i) {
    const auto batch = make_batch(train, i % 3, 2, torch::kCPU);
    adam.zero_grad();
    published_loss(*model, batch).backward();
    adam.step();
  }
  save_model(folder / "by-hand.safetensors", *model, setup.description);
  CHECK(bytes(folder / "by-hand.safetensors") == bytes(folder / "last.safetensors"));
}

TEST_CASE("a training stopped anywhere ends with the same bytes", "[train][resume]") {
  const auto mode = GENERATE(ValidationMode::kEvaluation, ValidationMode::kTraining);
  const TemporaryFolder whole;
  const auto train = small_dataset(5, 1);
  const auto validation = small_dataset(3, 2);
  Progress silent;
  auto setup = small_setup(whole.path());
  setup.validation = mode;
  Trainer(setup).run(train, validation, silent);
  for (const int64_t stop : {0, 1, 4, 7, 11}) {
    INFO("stopped after " << stop);
    const TemporaryFolder parts;
    setup.folder = parts.path();
    StopAfter interrupt(stop);
    const auto first = Trainer(setup).run(train, validation, interrupt);
    CHECK(first.stopped_by == TrainSummary::StoppedBy::kInterrupt);
    CHECK(first.num_iterations == stop);
    const auto second = Trainer(setup).run(train, validation, silent);
    CHECK(second.num_iterations == 12 - stop);
    for (const char* name : {"best.safetensors", "last.safetensors", "history.csv"}) {
      CHECK(bytes(whole / name) == bytes(parts / name));
    }
  }
}

TEST_CASE("a successor goes on with weights, statistics and Adam", "[train]") {
  const TemporaryFolder first;
  const TemporaryFolder second;
  const TemporaryFolder fresh;
  const auto train = small_dataset(4, 1);
  const auto validation = small_dataset(2, 2);
  Progress silent;
  auto setup = small_setup(first.path());
  setup.keep_state = true;
  Trainer(setup).run(train, validation, silent);
  REQUIRE(std::filesystem::exists(first / "state.safetensors"));

  setup.folder = second.path();
  setup.predecessor = first / "state.safetensors";
  Trainer(setup).run(train, validation, silent);
  setup.folder = fresh.path();
  setup.predecessor.clear();
  Trainer(setup).run(train, validation, silent);
  CHECK(bytes(second / "last.safetensors") != bytes(fresh / "last.safetensors"));
  CHECK(read_history(second / "history.csv").front().train_loss <
        read_history(fresh / "history.csv").front().train_loss);
  CHECK(bytes(fresh / "last.safetensors") == bytes(first / "last.safetensors"));
}

TEST_CASE("a training killed before its history was written ends at the next try",
          "[train][resume]") {
  const auto keep_state = GENERATE(false, true);
  const TemporaryFolder folder;
  const auto train = small_dataset(4, 1);
  const auto validation = small_dataset(2, 2);
  Progress silent;
  auto setup = small_setup(folder.path());
  setup.keep_state = true;
  Trainer(setup).run(train, validation, silent);
  const auto history = bytes(folder / "history.csv");
  std::filesystem::remove(folder / "history.csv");
  setup.keep_state = keep_state;
  CHECK(Trainer(setup).run(train, validation, silent).num_iterations == 0);
  CHECK(bytes(folder / "history.csv") == history);
  CHECK(TrainingFiles(folder.path()).is_done(setup.options));
  CHECK(std::filesystem::exists(folder / "state.safetensors") == keep_state);
}

TEST_CASE("validation in training mode moves the statistics, in evaluation mode nothing",
          "[train]") {
  Progress silent;
  const auto train = small_dataset(4, 1);
  const auto last_bytes = [&](ValidationMode mode, int64_t num_validation) {
    const TemporaryFolder folder;
    auto setup = small_setup(folder.path());
    setup.validation = mode;
    Trainer(setup).run(train, small_dataset(num_validation, 2), silent);
    return bytes(folder / "last.safetensors");
  };
  CHECK(last_bytes(ValidationMode::kEvaluation, 2) ==
        last_bytes(ValidationMode::kEvaluation, 4));
  CHECK(last_bytes(ValidationMode::kTraining, 2) !=
        last_bytes(ValidationMode::kTraining, 4));
}

namespace {

/// What the Failure says that ends a training.
std::string failure_of(const TrainingSetup& setup,
                       ExampleSource& train,
                       const MixtureDataset& validation) {
  Progress silent;
  try {
    Trainer(setup).run(train, validation, silent);
  } catch (const Failure& failure) {
    return failure.what();
  }
  return "no failure";
}

/// Three mixtures, of which `change` makes the second another.
MixtureDataset broken_dataset(const std::function<void(Mixture&)>& change) {
  auto mixtures = small_mixtures(3, 1);
  change(mixtures[1]);
  return {mixtures, "violin", TargetRule::kByName, small_stft(), 1};
}

MixtureDataset dataset_with(float value) {
  return broken_dataset([&](Mixture& mixture) { mixture.mixture.samples[100] = value; });
}

double largest(const std::vector<float>& magnitudes) {
  return *std::max_element(magnitudes.begin(), magnitudes.end());
}

/// Fails from an epoch on; before that its examples are in order.
class BrokenFrom : public ExampleSource {
 public:
  explicit BrokenFrom(int64_t epoch) : epoch_(epoch) {}
  const MixtureDataset& epoch(int64_t index) override {
    return index < epoch_ ? whole_ : broken_;
  }

 private:
  int64_t epoch_;
  MixtureDataset whole_ = small_dataset(3, 1);
  MixtureDataset broken_ = dataset_with(std::numeric_limits<float>::quiet_NaN());
};

}  // namespace

TEST_CASE("a loss that is no number says where and on what", "[train][failure]") {
  const float value = GENERATE(std::numeric_limits<float>::quiet_NaN(),
                               std::numeric_limits<float>::infinity());
  const auto broken = dataset_with(value);
  const TemporaryFolder folder;
  auto setup = small_setup(folder.path());
  FixedExamples train(broken);
  // Targets are whole, and the largest of them is that of both in the batch.
  const double target =
      std::max(largest(broken.get(0).target), largest(broken.get(1).target));
  CHECK(failure_of(setup, train, small_dataset(2, 2)) ==
        fmt::format(
            "fold 1 violin: the loss of iteration 1 is nan, on mixtures 0, 1 (largest "
            "magnitude of the mixtures nan, of the targets {:.3g})",
            target));
  CHECK(std::filesystem::is_empty(folder.path()));

  // Shuffled: the mixtures of the batch by their own numbers.
  setup.options.shuffle = true;
  setup.options.batch_size = 1;
  SamplingOptions sampling;
  sampling.batch_size = 1;
  sampling.shuffle = true;
  setup.sampling_seed = sampling.seed = 5;
  int64_t iteration = 0;
  while (sample_batch(sampling, broken, iteration).front().example != 1) ++iteration;
  REQUIRE(iteration > 0);  // whatever numbers a batch from its first on has
  const auto message = failure_of(setup, train, small_dataset(2, 2));
  CHECK(message.find(fmt::format("loss of iteration {} is nan, on mixture 1 (",
                                 iteration + 1)) != std::string::npos);
}

TEST_CASE("a gradient that is no number moves no weight", "[train][failure]") {
  const TemporaryFolder folder;
  const auto setup = small_setup(folder.path());
  const auto examples = small_dataset(3, 1);
  StopAfter at_once(0);
  Trainer(setup).run(examples, small_dataset(2, 2), at_once);
  // An LSTM of zeros gives zeros, so masks of a half and a loss as any; behind it weights
  // whose gradients' squares exceed a float.
  const auto state = folder / "state.safetensors";
  auto file = read_checked_safetensors(state);
  for (auto& [name, tensor] : file.tensors) {
    const float value = name == "model.embedding.linear.weight" ? 1e30F : 0.0F;
    if (value == 0.0F && name.find("model.recurrent_stack.") != 0) continue;
    const std::vector<float> values(tensor.bytes.size() / sizeof(float), value);
    tensor = make_tensor_data<float>(tensor.shape, values);
  }
  write_checked_safetensors(state, std::move(file));
  const auto before = bytes(state);

  FixedExamples train(examples);
  const auto message = failure_of(setup, train, small_dataset(2, 2));
  const auto expected = fmt::format(
      "fold 1 violin: the gradient of iteration 1 is inf, on mixtures 0, 1 (largest "
      "magnitude of the mixtures {:.3g}, of the targets ",
      std::max(largest(*examples.get(0).mixture), largest(*examples.get(1).mixture)));
  CHECK(message.substr(0, expected.size()) == expected);
  CHECK(bytes(state) == before);
  CHECK_FALSE(std::filesystem::exists(folder / "best.safetensors"));
}

TEST_CASE("a validation loss that is no number is no best epoch", "[train][failure]") {
  const TemporaryFolder folder;
  const auto whole = small_dataset(3, 1);
  FixedExamples train(whole);
  CHECK(failure_of(small_setup(folder.path()),
                   train,
                   dataset_with(std::numeric_limits<float>::quiet_NaN()))
            .rfind("fold 1 violin: the validation loss after iteration 4 is nan, on "
                   "mixtures 0, 1 (",
                   0) == 0);
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("from the last good state a failed training ends as if it had not failed",
          "[train][failure][resume]") {
  const auto validation = small_dataset(2, 2);
  const TemporaryFolder whole;
  BrokenFrom never(3);
  CHECK(failure_of(small_setup(whole.path()), never, validation) == "no failure");

  const TemporaryFolder folder;
  const auto setup = small_setup(folder.path());
  BrokenFrom second(1);
  // Epochs of four updates in passes of two: the batch with mixture 1 is the next one.
  CHECK(failure_of(setup, second, validation)
            .find("loss of iteration 5 is nan, on mixtures 0, 1 ") != std::string::npos);
  CHECK(read_history(folder / "history.csv").size() == 1);
  CHECK(failure_of(setup, never, validation) == "no failure");
  for (const char* name : {"best.safetensors", "last.safetensors", "history.csv"}) {
    CHECK(bytes(whole / name) == bytes(folder / name));
  }
}

TEST_CASE("a training wants a folder before it begins", "[train][failure]") {
  const TemporaryFolder folder;
  CHECK(message_of([&] { Trainer trainer(small_setup(folder / "none")); }) ==
        (folder / "none").string() + ": wants a folder, for the files of a training");
}

TEST_CASE("nothing is trained on no examples, or validated on none", "[train][failure]") {
  auto some = small_dataset(3, 1);
  auto emptied = small_dataset(3, 2);
  const auto moved = std::move(emptied);
  const TemporaryFolder folder;
  Progress silent;
  CHECK(message_of([&] {
          Trainer(small_setup(folder.path())).run(some, emptied, silent);
        }) == "fold 1 violin: no examples to validate on, wants at least one");
  CHECK(message_of([&] {
          Trainer(small_setup(folder.path())).run(emptied, some, silent);
        }) == "a batch of no examples: wants a dataset of at least one");
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("a state of another model is refused with the file's name", "[train][failure]") {
  const TemporaryFolder folder;
  auto setup = small_setup(folder.path());
  StopAfter interrupt(2);
  Trainer(setup).run(small_dataset(4, 1), small_dataset(2, 2), interrupt);
  setup.description.mask_inference.hidden_size = 8;
  try {
    Trainer trainer(setup);
    FAIL("a state of hidden size 7 was taken for one of 8");
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find("state.safetensors") != std::string::npos);
  }
}

TEST_CASE("training options name the field that is wrong", "[train][failure]") {
  TrainOptions options;
  options = {};
  options.batch_size = 0;
  CHECK_THROWS_WITH(options.validate(), "batch_size = 0: wants 1 to 1000000");
  options.batch_size = std::numeric_limits<int64_t>::max();
  CHECK_THROWS_AS(options.validate(), ConfigError);
  options = {};
  options.micro_batch_size = 1000001;
  CHECK_THROWS_WITH(options.validate(), "micro_batch_size = 1000001: wants 0 to 1000000");
  options = {};
  for (const double seconds : {-1.0,
                               3601.0,
                               std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN()}) {
    options.segment_seconds = seconds;
    CHECK_THROWS_AS(options.validate(), ConfigError);
  }
}
