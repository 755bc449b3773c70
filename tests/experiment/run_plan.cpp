#include "libsep/experiment/run_plan.h"

#include "libsep/core/error.h"
#include "tests/support/catch_torch.h"
#include "tests/support/threads.h"

using namespace sep;

namespace {

/// A dataset in name only.
Dataset dataset_of(size_t num_pieces) {
  Dataset dataset;
  dataset.instruments = {"violin", "bassoon", "clarinet", "saxphone"};
  dataset.sample_rate = 44100;
  for (size_t i = 0; i < num_pieces; ++i) {
    Piece piece;
    piece.name = fmt::format("{:02}", i + 1);
    dataset.pieces.push_back(piece);
  }
  return dataset;
}

std::string text_of(const std::vector<RunItem>& items) {
  std::string text;
  for (const auto& item : items) text += fmt::format("{}{} ", item.fold, item.target[0]);
  return text;
}

}  // namespace

TEST_CASE("targets asked for are the run's", "[experiment]") {
  const std::vector<Target> known = {{"violin", {"violin"}}, {"saxphone", {"saxphone"}}};
  CHECK(parse_targets("all", known).empty());
  CHECK(parse_targets("saxophone,violin", known) ==
        std::vector<StemName>{"saxphone", "violin"});
  CHECK_THROWS_WITH(parse_targets("cello", known),
                    "--targets cello: no target 'cello', there are violin, saxphone");
}

TEST_CASE("a clean plan is what was asked for, in the order of tables", "[experiment]") {
  RunOptions options;
  options.folds = {2, 4};
  options.targets = {"clarinet", "violin"};
  const auto plan = plan_run({}, dataset_of(10), options);
  CHECK(text_of(plan.items) == "2v 2c 4v 4c ");
  CHECK(plan.predecessors.empty());
  CHECK(plan_run({}, dataset_of(10), {}).items.size() == 40);
}

TEST_CASE("a legacy plan brings the chain that leads to what was asked for",
          "[experiment]") {
  ExperimentConfig config;
  config.protocol = Protocol::kLegacy;
  RunOptions options;
  options.folds = {2, 6};
  options.targets = {"bassoon"};
  const auto plan = plan_run(config, dataset_of(10), options);
  CHECK(text_of(plan.items) == "1v 1b 1c 1s 2v 2b 6v 6b ");
  CHECK(text_of(plan.predecessors) == "1v 1b 1c 1s 2v 6v ");
}

TEST_CASE("the legacy chain restarts at folds 1 and 6", "[experiment]") {
  const auto targets = targets_of({{"each"}}, dataset_of(1));
  CHECK_FALSE(legacy_predecessor({1, "violin"}, targets));
  CHECK_FALSE(legacy_predecessor({6, "violin"}, targets));
  CHECK(legacy_predecessor({5, "violin"}, targets)->fold == 4);
  CHECK(legacy_predecessor({5, "violin"}, targets)->target == "saxphone");
  CHECK(legacy_predecessor({6, "saxphone"}, targets)->target == "clarinet");
}

TEST_CASE("a plan counts parameters as published and operations as reckoned",
          "[experiment]") {
  ExperimentConfig config;
  CHECK(plan_run(config, dataset_of(10), {}).num_parameters == 150071);  // model A
  config.model = NetworkKind::of(MaskInferenceOptions{200, 2, 0.2, LstmBackend::kAuto});
  config.train.iterations_per_epoch = 25;
  config.train.num_epochs = 3;
  RunOptions one;
  one.folds = {1};
  one.targets = {"violin"};
  const auto plan = plan_run(config, dataset_of(10), one);
  CHECK(plan.num_parameters == 1801171);  // model E
  // 465 GFLOP an update and a third of two batches' worth for each of three validations.
  CHECK(plan.operations == Approx((75 + 3 * 2 / 3.0) * 465e9).epsilon(0.01));
}

TEST_CASE("trainings run side by side as threads and memory allow", "[experiment]") {
  const auto jobs = [](const ExperimentConfig& config, int64_t threads, int64_t wanted) {
    RunOptions options;
    options.num_threads = threads;
    options.num_jobs = wanted;
    return plan_run(config, dataset_of(10), options).num_jobs;
  };
  const Threads many(64);
  ExperimentConfig small;
  small.mixtures.seconds = 1.0;
  CHECK(jobs(small, 1, 0) == 1);
  CHECK(jobs(small, 3, 0) == 3);
  CHECK(jobs(small, 64, 0) == 4);  // one an instrument
  CHECK(jobs(small, 3, 2) == 2);   // as told,
  CHECK(jobs(small, 2, 3) == 2);   // as far as there are threads
  CHECK(jobs(small, 0, 3) == 3);
  ExperimentConfig huge = small;
  huge.mixtures.seconds = 1e6;
  CHECK(jobs(huge, 4, 0) == 1);
  CHECK(jobs(huge, 4, 2) == 2);
  ExperimentConfig legacy = small;
  legacy.protocol = Protocol::kLegacy;
  CHECK(jobs(legacy, 4, 0) == 1);
  CHECK(jobs(legacy, 4, 4) == 1);
}

TEST_CASE("a plan reckons the memory of models A and E", "[experiment]") {
  ExperimentConfig config;
  const auto a = plan_run(config, dataset_of(10), {});
  config.model.options<MaskInferenceOptions>().hidden_size = 200;
  config.model.options<MaskInferenceOptions>().num_layers = 2;
  const auto e = plan_run(config, dataset_of(10), {});
  // Twice 20 mixtures of four stems of 4.4 MB, and 20 spectra of 8.9.
  CHECK(a.fold_bytes == Approx(0.88e9).epsilon(0.01));
  // As measured, within a quarter.
  CHECK(a.training_bytes == Approx(1.5e9).epsilon(0.25));
  CHECK(e.training_bytes == Approx(2.8e9).epsilon(0.25));
  config.train.micro_batch_size = 1;
  CHECK(plan_run(config, dataset_of(10), {}).training_bytes < 0.6 * e.training_bytes);
}

TEST_CASE("without carried weights the legacy protocol has no chains", "[experiment]") {
  ExperimentConfig config;
  config.protocol = Protocol::kLegacy;
  config.legacy.carried_weights = false;
  RunOptions options;
  options.folds = {3};
  options.targets = {"clarinet"};
  CHECK(text_of(plan_run(config, dataset_of(10), options).items) == "3c ");
}
