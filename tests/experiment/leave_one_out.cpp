#include "libsep/experiment/leave_one_out.h"

#include <fstream>
#include <map>
#include <optional>

#include "libsep/core/error.h"
#include "libsep/core/safetensors.h"
#include "tests/support/catch_torch.h"
#include "tests/support/datasets.h"
#include "tests/support/file_limit.h"
#include "tests/support/paths.h"
#include "tests/support/threads.h"

using namespace sep;

namespace {

namespace fs = std::filesystem;

/// Trainings of a second or so: 400 iterations of a network of two units.
ExperimentConfig small_config() {
  ExperimentConfig config;
  config.title = "Small";
  config.device = DeviceChoice::kCpu;
  config.stft = {64, 32};
  config.mixtures = small_mixture_options();
  config.mixtures.num_train = 2;
  config.mixtures.num_validation = 1;
  config.mixtures.seconds = 0.2;
  config.model.options<MaskInferenceOptions>().hidden_size = 2;
  config.model.options<MaskInferenceOptions>().num_layers = 1;
  config.train.batch_size = 1;
  config.train.iterations_per_epoch = 100;
  config.train.num_epochs = 4;
  return config;
}

RunOptions first_fold(int64_t num_jobs) {
  RunOptions options;
  options.folds = {1};
  options.num_threads = num_jobs;
  options.num_jobs = num_jobs;
  return options;
}

class CountedProgress : public Progress {
 public:
  void update(int64_t done, const std::string&) override { done_ = done; }
  int64_t done() const { return done_; }

 private:
  int64_t done_ = 0;
};

/// Asks to stop once a number of iterations is done.
class StopAfter : public CountedProgress {
 public:
  explicit StopAfter(int64_t iterations) : iterations_(iterations) {}
  bool stop_requested() const override { return done() >= iterations_; }

 private:
  int64_t iterations_;
};

/// The user stops the run in its first training, and from then on the disk is full.
class FullDiskAtStop : public Progress {
 public:
  void update(int64_t, const std::string&) override {
    if (!limit_) limit_.emplace(100);
  }
  bool stop_requested() const override { return limit_.has_value(); }

 private:
  std::optional<FileLimit> limit_;
};

/// Checkpoints and histories, by path.
std::map<std::string, std::string> results(const fs::path& root) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(root / "fold-01")) {
    if (!entry.is_regular_file()) continue;
    files[fs::relative(entry.path(), root).string()] = read_text(entry.path());
  }
  return files;
}

}  // namespace

TEST_CASE("an error of one training soon ends those beside it",
          "[experiment][leave_one_out][resume]") {
  const Threads threads(4);
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 4);
  const auto config = small_config();
  const auto broken = RunDirectory::create_or_continue(folder / "broken", config);
  const auto wrong = broken.folder({1, "clarinet"});  // a file where a folder goes
  fs::create_directories(wrong.parent_path());
  std::ofstream(wrong) << "not a folder";
  CountedProgress progress;
  try {
    run_leave_one_out(broken, dataset, first_fold(4), progress);
    FAIL("a file was taken for a folder");
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find(wrong.string()) != std::string::npos);
  }
  CHECK(progress.done() < 800);  // what two of the other three have to do

  fs::remove(wrong);
  Progress silent;
  const auto again = run_leave_one_out(broken, dataset, first_fold(2), silent);
  CHECK(again.num_trained == 4);
  const auto whole = RunDirectory::create_or_continue(folder / "whole", config);
  run_leave_one_out(whole, dataset, first_fold(2), silent);
  CHECK(results(broken.root()) == results(whole.root()));
}

TEST_CASE("a training that comes to be no number is listed, and the others go on",
          "[experiment][leave_one_out][failure]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 4);
  const auto run = RunDirectory::create_or_continue(folder / "run", small_config());
  auto options = first_fold(1);
  options.targets = {"violin"};
  StopAfter interrupt(5);
  CHECK(run_leave_one_out(run, dataset, options, interrupt).interrupted);
  // Input of the layers beyond what a float can be, of both signs.
  const auto state = run.files({1, "violin"}).state;
  auto file = read_checked_safetensors(state);
  auto& weight = file.tensors.at("model.input_normalization.batch_norm.weight");
  weight = make_tensor_data<float>(weight.shape, std::vector<float>(33, 3e38F));
  write_checked_safetensors(state, std::move(file));
  const auto before = read_text(state);

  Progress silent;
  const auto summary = run_leave_one_out(run, dataset, first_fold(2), silent);
  REQUIRE(summary.failures.size() == 1);
  INFO(summary.failures.front());
  CHECK(summary.failures.front().find(
            "fold 1 violin: the loss of iteration 6 is nan, on mixture 1 (") == 0);
  CHECK_FALSE(summary.interrupted);
  CHECK(summary.num_trained == 3);
  CHECK(read_text(state) == before);
}

TEST_CASE("a state that could not be saved is no mere interrupt",
          "[experiment][leave_one_out][failure]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 4);
  const auto run = RunDirectory::create_or_continue(folder / "run", small_config());
  RunSummary summary;
  {
    FullDiskAtStop progress;
    summary = run_leave_one_out(run, dataset, first_fold(1), progress);
  }
  REQUIRE(summary.failures.size() == 1);
  CHECK(summary.failures.front().find("fold 1 violin: ") == 0);
  CHECK(summary.failures.front().find("state.safetensors") != std::string::npos);
  CHECK(summary.num_trained == 0);
  Progress silent;
  CHECK(run_leave_one_out(run, dataset, first_fold(2), silent).num_trained == 4);
}

TEST_CASE("a run of what is not there is refused", "[experiment][leave_one_out][failure]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 4);
  const auto run = RunDirectory::create_or_continue(folder / "run", small_config());
  const auto refusal = [&](const RunOptions& options) {
    Progress silent;
    try {
      run_leave_one_out(run, dataset, options, silent);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  RunOptions options;
  options.folds = {0};
  CHECK(refusal(options) == "fold 0: wants 1 to 4");
  options.folds = {5};
  CHECK(refusal(options) == "fold 5: wants 1 to 4");
  options.folds = {2, 2};
  CHECK(refusal(options) == "fold 2: is asked for twice");
  options.folds = {};
  options.targets = {"viola"};
  CHECK(refusal(options) ==
        "no target 'viola', there are violin, bassoon, clarinet, saxphone");
  options.targets = {};
  options.num_threads = -1;
  CHECK(refusal(options) == "num_threads = -1: wants 0 or more");
  options.num_threads = 0;
  options.num_jobs = -1;
  CHECK(refusal(options) == "num_jobs = -1: wants 0 or more");
  CHECK_FALSE(fs::exists(run.root() / "fold-01"));
}
