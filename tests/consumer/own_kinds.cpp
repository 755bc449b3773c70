// The commands of the project in own_kinds/: what a program adds is treated as libsep's.
#include <fmt/format.h>

#include <fstream>
#include <set>

#include "libsep/audio/file.h"
#include "libsep/core/csv.h"
#include "tests/support/workplace.h"

namespace {

namespace fs = std::filesystem;

const char* const kConfig = R"(title: Mine
data: {{layout: my_flat, between: "-of-"}}
targets: {targets}
examples: {{kind: segments, seconds: 0.5, augmentations: [{{type: my_hum}}]}}
model:
  type: my_conv_tasnet
  num_filters: 16
  bottleneck_size: 8
  {hidden}: 16
  num_blocks: 3
  num_repeats: 1
train:
  batch_size: 2
  iterations_per_epoch: 5
  num_epochs: 6
  loss: {{type: {loss}}}
)";

const std::set<std::string> kInstruments = {"bassoon", "clarinet", "saxphone", "violin"};

struct OwnKinds : CommandPlace {
  OwnKinds() {
    succeed("sep-data synthesize --kind tones --pieces 3 --seconds 2 --seed 5 --out tones");
    fs::create_directory(folder / "pieces");
    for (const auto& entry : fs::directory_iterator(folder / "tones")) {
      const auto piece = entry.path().filename().string();
      for (const auto& instrument : kInstruments) {
        fs::rename(entry.path() / (piece + "-" + instrument + ".wav"),
                   folder / "pieces" / (piece + "-of-" + instrument + ".wav"));
      }
    }
  }

  void write_config(const std::string& targets,
                    const std::string& loss = "my_loss",
                    const std::string& hidden = "hidden_size") const {
    std::ofstream(folder / "mine.yaml") << fmt::format(kConfig,
                                                       fmt::arg("targets", targets),
                                                       fmt::arg("loss", loss),
                                                       fmt::arg("hidden", hidden));
  }

  std::string training(const std::string& run) const {
    return "my_train mine.yaml --data pieces --folds 1 --jobs 1 --out " + run;
  }

  /// Sends SIGKILL once a state has been saved.
  CommandResult kill_halfway(const std::string& line, const std::string& run_folder) const {
    return run(line + " & pid=$!; until ls " + run_folder +
               "/fold-01/*/state.safetensors || ! kill -0 $pid; do sleep 0.01; done "
               ">/dev/null 2>&1; kill -KILL $pid; wait $pid");
  }
};

/// The one file below `root` with `part` in its name.
fs::path file_of(const fs::path& root, const std::string& part) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const auto name = entry.path().filename().string();
    if (entry.is_regular_file() && name.find(part) != std::string::npos) {
      found.push_back(entry.path());
    }
  }
  REQUIRE(found.size() == 1);
  return found.front();
}

/// The instruments that scores.csv has scores of the model's estimates of.
std::set<std::string> scored(const fs::path& scores) {
  const auto table = sep::read_csv(scores);
  std::set<std::string> instruments;
  for (const auto& row : table.rows) {
    if (row[table.column("estimate")] != "model") continue;
    CHECK(row[table.column("status")] == "ok");
    CHECK_FALSE(row[table.column("si_sdr_db")].empty());
    instruments.insert(row[table.column("instrument")]);
  }
  return instruments;
}

}  // namespace

TEST_CASE_METHOD(OwnKinds, "kinds of one's own train, resume, score and separate") {
  const std::string targets = GENERATE("each", "joint");
  write_config(targets);
  succeed(training("whole"));
  const auto killed = kill_halfway(training("run"), "run");
  INFO(killed.err);
  REQUIRE(killed.code == 137);
  const auto half_done = contents(folder / "run");
  succeed(training("run"));
  const auto wanted = contents(folder / "whole"), found = contents(folder / "run");
  CHECK(half_done != wanted);
  for (const auto& [file, bytes] : wanted) {
    INFO(file);
    CHECK((found.count(file) == 1 && found.at(file) == bytes));
  }
  CHECK(found.size() == wanted.size());

  succeed("my_eval run --out tables");
  CHECK(scored(folder / "tables" / "scores.csv") == kInstruments);

  // Four blocks of ten seconds, which a network that carries no state goes through.
  succeed("sep-data synthesize --kind tones --pieces 1 --seconds 34 --seed 6 --out long");
  succeed("cp long/*/*-violin.wav long.wav");
  succeed("my_separate --model run long.wav --out stems");
  const auto recording = sep::read_audio(folder / "long.wav");
  for (const auto& instrument : kInstruments) {
    INFO(instrument);
    const auto stem = sep::read_audio(file_of(folder / "stems", instrument));
    CHECK(stem.num_samples() == recording.num_samples());
    CHECK_FALSE(sep::is_silent(stem));
  }
}

TEST_CASE_METHOD(OwnKinds, "kinds of one's own are listed, and their keys are strict") {
  const auto kinds = succeed("my_train --kinds").out;
  for (const char* part : {"my_conv_tasnet",
                           "my_loss",
                           "my_hum",
                           "my_metric",
                           "my_flat",
                           "enough_db",
                           "hertz"}) {
    INFO(part);
    CHECK(kinds.find(part) != std::string::npos);
  }
  write_config("joint", "my_loss", "hiden_size");
  refuse(training("run"),
         {"mine.yaml:9: model.hiden_size is no setting", "model.hidden_size"});
  write_config("joint", "my_los");
  refuse(training("run"), {"mine.yaml:16: ", "my_los: no loss; did you mean my_loss?"});
  write_config("joint");
  // libsep's own sep-train knows none of them.
  refuse("sep-train mine.yaml --data pieces --out run",
         {"mine.yaml:2: data.layout = my_flat: no layout"});
  succeed(training("run") + " --dry-run");
}

TEST_CASE_METHOD(OwnKinds, "a loss of one's own that is no number ends its training") {
  write_config("joint", "breaking");
  const auto ended = run("train_until_nan mine.yaml --data pieces --folds 1 --out run");
  INFO(ended.err);
  CHECK(ended.code == 1);
  const auto error = ended.err.substr(ended.err.rfind("error: "));
  INFO(error);
  CHECK(count_lines(error) == 1);
  CHECK(error.find("the loss of iteration 4 is nan, on ") != std::string::npos);
}
