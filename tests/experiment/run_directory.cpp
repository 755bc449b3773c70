#include "libsep/experiment/run_directory.h"

#include <fstream>

#include <functional>
#include "libsep/core/error.h"

#include "tests/support/catch_torch.h"
#include "tests/support/paths.h"

using namespace sep;

namespace {

ExperimentConfig config_of(int64_t hidden_size) {
  ExperimentConfig config;
  config.title = "Model A";
  config.model.mask_inference.hidden_size = hidden_size;
  return config;
}

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("a run directory belongs to one config, wherever its data lies", "[experiment]") {
  const TemporaryFolder folder;
  const auto root = folder / "run";
  RunDirectory::create_or_continue(root, config_of(50));
  auto moved = config_of(50);
  moved.data.path = "/elsewhere";
  CHECK_NOTHROW(RunDirectory::create_or_continue(root, moved));
  const auto message =
      message_of([&] { RunDirectory::create_or_continue(root, config_of(100)); });
  CHECK(message.find(root.string()) == 0);
  CHECK(message.find("model.hidden_size: 100 wanted, 50 found") != std::string::npos);
  CHECK(message.find('\n') == std::string::npos);
}

TEST_CASE("a folder of something else is no run directory", "[experiment][failure]") {
  const TemporaryFolder folder;
  std::ofstream(folder / "thesis.txt") << "precious";
  CHECK_THROWS_AS(RunDirectory::create_or_continue(folder.path(), config_of(50)), Error);
  CHECK_THROWS_AS(RunDirectory::remove(folder.path()), Error);
  CHECK_THROWS_AS(RunDirectory::open(folder.path()), Error);
  CHECK(std::filesystem::exists(folder / "thesis.txt"));
}

TEST_CASE("removing a run leaves what is not the run's", "[experiment]") {
  const TemporaryFolder folder;
  const auto root = folder / "run";
  const auto run = RunDirectory::create_or_continue(root, config_of(50));
  std::filesystem::create_directories(run.folder({1, "violin"}));
  std::ofstream(root / "notes.txt") << "mine";
  RunDirectory::remove(root);
  CHECK_FALSE(std::filesystem::exists(root / "config.yaml"));
  CHECK_FALSE(std::filesystem::exists(root / "fold-01"));
  CHECK(std::filesystem::exists(root / "notes.txt"));
}

TEST_CASE("a run keeps a manifest for each way it was run", "[experiment]") {
  const TemporaryFolder folder;
  const auto run = RunDirectory::create_or_continue(folder / "run", config_of(50));
  RunManifest manifest;
  manifest.compute_threads = 2;
  manifest.dataset = "10 pieces";
  run.record(manifest);
  run.record(manifest);
  CHECK_FALSE(std::filesystem::exists(run.root() / "manifest-2.yaml"));
  manifest.compute_threads = 4;
  run.record(manifest);
  run.record(manifest);
  CHECK(std::filesystem::exists(run.root() / "manifest-2.yaml"));
  CHECK_FALSE(std::filesystem::exists(run.root() / "manifest-3.yaml"));
  manifest.dataset = "9 pieces";
  CHECK(message_of([&] { run.record(manifest); }).find("another dataset") !=
        std::string::npos);
}

TEST_CASE("only trainings with a best checkpoint are evaluated", "[experiment]") {
  const TemporaryFolder folder;
  const auto run = RunDirectory::create_or_continue(folder / "run", config_of(50));
  for (const RunItem& item :
       {RunItem{10, "violin"}, RunItem{2, "bassoon"}, RunItem{2, "violin"}}) {
    std::filesystem::create_directories(run.folder(item));
    std::ofstream(run.files(item).best) << "weights";
  }
  std::filesystem::create_directories(run.folder({3, "violin"}));
  std::filesystem::create_directories(run.root() / "fold-x");
  std::string text;
  for (const auto& item : run.trained_items({"violin", "bassoon"})) {
    text += fmt::format("{}{} ", item.fold, item.instrument[0]);
  }
  CHECK(text == "2v 2b 10v ");
}
