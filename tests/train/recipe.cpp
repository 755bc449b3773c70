#include <cmath>
#include <filesystem>

#include "libsep/core/error.h"
#include "libsep/model/blstm.h"
#include "tests/support/catch_torch.h"
#include "tests/support/messages.h"
#include "tests/support/paths.h"
#include "tests/train/examples.h"

using namespace sep;

namespace {

const std::vector<const char*> kResults = {
    "best.safetensors", "last.safetensors", "history.csv"};

/// All that a recipe has, with epochs chosen by a score that rises and falls.
TrainingSetup full_setup(const std::filesystem::path& folder,
                         const std::string& optimizer,
                         const std::string& schedule) {
  auto setup = small_setup(folder);
  auto& options = setup.options;
  options.optimizer = Kind<optimizers>(optimizer);
  options.schedule = Kind<schedules>(schedule);
  options.clip_norm = 1e-3;
  options.average = 0.9;
  options.choose_by = "hand";
  options.num_epochs = 6;
  options.iterations_per_epoch = 3;
  setup.scores = [](Network& network) {
    const torch::NoGradGuard no_gradients;
    const double sum = network.parameters().front().sum().item<double>();
    return std::map<std::string, double>{{"hand", std::sin(1e4 * sum)}};
  };
  return setup;
}

TrainSummary train(const TrainingSetup& setup, Progress& progress) {
  return Trainer(setup).run(small_dataset(5, 1), small_dataset(3, 2), progress);
}

TrainSummary train(const TrainingSetup& setup) {
  Progress silent;
  return train(setup, silent);
}

/// Hears everything, and asks to stop after some iterations.
class Listener : public TrainingListener {
 public:
  explicit Listener(int64_t stop_after = -1) : stop_after_(stop_after) {}
  Action on_iteration(const IterationEvent& event) override {
    iterations.push_back(event);
    return event.iteration == stop_after_ ? Action::kStop : Action::kContinue;
  }
  Action on_epoch(const EpochEvent& event) override {
    epochs.push_back(event);
    return Action::kContinue;
  }
  std::vector<IterationEvent> iterations;
  std::vector<EpochEvent> epochs;

 private:
  int64_t stop_after_;
};

}  // namespace

TEST_CASE("a whole recipe stopped anywhere ends with the same bytes", "[train][resume]") {
  const auto [optimizer, schedule] = GENERATE(table<std::string, std::string>(
      {{"adam", "cosine"}, {"adamw", "plateau"}, {"sgd", "exponential"}}));
  const TemporaryFolder whole;
  train(full_setup(whole.path(), optimizer, schedule));
  for (const int64_t stop : {0, 2, 3, 10, 17}) {
    INFO(optimizer << ", stopped after " << stop);
    const TemporaryFolder parts;
    const auto setup = full_setup(parts.path(), optimizer, schedule);
    StopAfter interrupt(stop);
    CHECK(train(setup, interrupt).stopped_by == TrainSummary::StoppedBy::kInterrupt);
    CHECK(train(setup).num_iterations == 18 - stop);
    for (const char* name : kResults) CHECK(bytes(whole / name) == bytes(parts / name));
  }
}

TEST_CASE("the best epoch is the one with the highest score", "[train]") {
  const TemporaryFolder folder;
  const auto setup = full_setup(folder.path(), "adam", "constant");
  const auto summary = train(setup);
  REQUIRE(summary.history.size() == 6);
  int64_t best = 1;
  for (const auto& event : summary.history) {
    if (event.scores.at("hand") >=
        summary.history[static_cast<size_t>(best - 1)].scores.at("hand")) {
      best = event.epoch;
    }
  }
  CHECK(summary.best_epoch == best);
  const auto history = read_history(folder / "history.csv");
  CHECK(history.back().scores == summary.history.back().scores);
  // The checkpoint is of averaged weights: those that the score was computed with.
  const auto loaded = load_model(folder / "best.safetensors");
  CHECK(setup.scores(*loaded.model).at("hand") ==
        history[static_cast<size_t>(best - 1)].scores.at("hand"));
}

TEST_CASE("patience ends a training, and it is done", "[train]") {
  const TemporaryFolder folder;
  auto setup = small_setup(folder.path());
  setup.options.num_epochs = 50;
  setup.options.choose_by = "hand";
  setup.options.patience = 3;
  int64_t epoch = 0;
  setup.scores = [&](Network&) {
    return std::map<std::string, double>{{"hand", ++epoch == 2 ? 1.0 : 0.0}};
  };
  const auto summary = train(setup);
  CHECK(summary.stopped_by == TrainSummary::StoppedBy::kPatience);
  CHECK(summary.num_epochs == 5);
  CHECK(summary.best_epoch == 2);
  CHECK(TrainingFiles(folder.path()).is_done(setup.options));
  CHECK_FALSE(std::filesystem::exists(folder / "state.safetensors"));
}

TEST_CASE("listeners hear every step and may end a training", "[train]") {
  const TemporaryFolder whole;
  auto setup = small_setup(whole.path());
  setup.options.schedule = Kind<schedules>("cosine");
  Listener all;
  setup.listeners = {&all};
  train(setup);
  REQUIRE(all.iterations.size() == 12);
  REQUIRE(all.epochs.size() == 3);
  CHECK(all.iterations[0].learning_rate == 1e-2);
  CHECK(all.iterations[11].learning_rate < 1e-3);
  CHECK(all.iterations[5].gradient_norm > 0.0);
  CHECK(all.iterations[2].examples == std::vector<int64_t>{4});
  CHECK(all.epochs[1].iterations == 8);
  double sum = 0.0;
  for (size_t i = 0; i < 4; ++i) sum += all.iterations[i].loss;
  CHECK(all.epochs[0].train_loss == sum / 4);

  const TemporaryFolder parts;
  setup.folder = parts.path();
  Listener once(5);
  setup.listeners = {&once};
  CHECK(train(setup).stopped_by == TrainSummary::StoppedBy::kListener);
  CHECK(once.iterations.size() == 5);
  setup.listeners = {};
  CHECK(train(setup).num_iterations == 7);
  for (const char* name : kResults) CHECK(bytes(whole / name) == bytes(parts / name));
}

TEST_CASE("a training begins with another model's weights", "[train]") {
  const TemporaryFolder first;
  auto setup = small_setup(first.path());
  train(setup);
  const auto model = first / "best.safetensors";
  const auto started = load_model(model).model->named_parameters();

  const TemporaryFolder second;
  setup.folder = second.path();
  setup.options.start_from = model.string();
  Trainer trainer(setup);
  for (const auto& item : trainer.network().named_parameters()) {
    CHECK(torch::equal(item.value(), started[item.key()]));
  }

  setup.description.mask_inference.num_layers = 1;
  CHECK(message_of([&] { Trainer refused(setup); }).rfind(model.string() + ": ", 0) == 0);
  setup.options.start_with = WeightsToTake::kFitting;
  Trainer fitting(setup);
  CHECK(
      torch::equal(fitting.network().named_parameters()["recurrent_stack.rnn.weight_hh_l0"],
                   started["recurrent_stack.rnn.weight_hh_l0"]));
  setup.options.start_from = (first / "none.safetensors").string();
  CHECK(message_of([&] { Trainer refused(setup); }).rfind(setup.options.start_from, 0) ==
        0);
}

TEST_CASE("a recipe that a network cannot follow is refused", "[train][failure]") {
  const TemporaryFolder folder;
  auto setup = small_setup(folder.path());
  setup.options.choose_by = "si_sdr";
  CHECK(message_of([&] { Trainer refused(setup); }) ==
        "choose_by = si_sdr: no score is computed");
  setup = small_setup(folder.path());
  setup.options.mixed_precision = true;
  if (has_fast_bfloat16(torch::kCPU)) {
    CHECK_NOTHROW(Trainer(setup));
  } else {
    CHECK(message_of([&] { Trainer refused(setup); }) ==
          "mixed_precision = true: wants a CUDA device, or a processor with AVX512-BF16");
  }
}
