// Commands on a machine that runs out: of disk, of memory.
#include <sys/mount.h>

#include <fstream>
#include <set>

#include "tests/support/catch.h"
#include "tests/support/command.h"
#include "tests/support/pieces.h"

namespace {

namespace fs = std::filesystem;

const char* const kConfig =
    "stft: {window_length: 256, hop_length: 128}\n"
    "mixtures: {num_train: 2, num_validation: 1, seconds: 1, max_source_seconds: 1}\n"
    "train: {batch_size: 2, iterations_per_epoch: 2, num_epochs: 2}\n";

/// A disk of its own in memory, of a few MB.
class SmallDisk {
 public:
  SmallDisk(const fs::path& place, const std::string& megabytes) : place_(place) {
    fs::create_directories(place);
    const auto options = "size=" + megabytes + "m";
    mounted_ = ::mount("tmpfs", place.c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(place_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }

 private:
  fs::path place_;
  bool mounted_ = false;
};

/// Files below `root` by their names alone, temporaries and locks of killed ones included.
std::vector<std::string> files_below(const fs::path& root) {
  std::vector<std::string> names;
  if (!fs::exists(root)) return names;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) names.push_back(entry.path().filename());
  }
  return names;
}

/// Exit 1, and a last line on stderr that is the one error.
void check_failed(const CommandResult& result, const std::string& part) {
  INFO(result.out << result.err);
  CHECK(result.code == 1);
  CHECK(result.err.find("error: ") != std::string::npos);
  CHECK(result.err.find("error: ") == result.err.rfind("error: "));
  CHECK(result.err.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("a full disk ends in one line and leaves nothing half-written",
          "[end_to_end][failure]") {
  const TemporaryFolder folder;
  write_pieces(folder / "pieces", 3, 2.0);
  std::ofstream(folder / "small.yaml") << kConfig;
  const SmallDisk disk(folder / "disk", "8");
  if (!disk.mounted()) SEP_SKIP("no disk may be mounted here");
  const auto run = [&](const std::string& line) {
    return run_command(line, folder.path());
  };

  // Four stems of a minute in float are 42 MB.
  check_failed(run("sep-data synthesize --pieces 1 --seconds 60 --out disk/pieces"),
               "disk/");
  fs::remove_all(folder / "disk/pieces");

  // Five files of five minutes in float are 265 MB.
  REQUIRE(run("sep-train small.yaml --data pieces --out run --folds 1").code == 0);
  write_pieces(folder / "long", 1, 60.0);
  check_failed(run("sep-separate --model run long/*/01-*tic.wav --out disk/stems"),
               "disk/stems");
  CHECK(files_below(folder / "disk").empty());

  // A state of model E's size is 22 MB.
  const std::string train =
      "sep-train small.yaml --data pieces --folds 1 --instruments violin --out disk/run ";
  check_failed(run(train + "--set model.hidden_size=200 --set model.num_layers=2"),
               "disk/run");
  // What there was room for is whole; no temporary file is left.
  const std::set<std::string> whole = {
      ".lock", "config.yaml", "manifest.yaml", "best.safetensors"};
  for (const auto& name : files_below(folder / "disk/run")) {
    INFO(name);
    CHECK(whole.count(name) == 1);
  }
}

TEST_CASE("a full disk at the moment of an interrupt is a failure",
          "[end_to_end][failure]") {
  const TemporaryFolder folder;
  write_pieces(folder / "pieces", 3, 2.0);
  std::ofstream(folder / "small.yaml") << kConfig;
  const std::string train =
      "sep-train small.yaml --data pieces --folds 1 --instruments violin --cache none "
      "--out run --set train.iterations_per_epoch=1000000";
  // Of 32 KiB, what a run begins with has room, the state of a training not.
  const auto result = interrupt_command(
      "trap '' XFSZ; ulimit -f 64; " + train, "iterations", folder.path());
  check_failed(result, "run/fold-01/violin/state.safetensors");
  CHECK(files_below(folder / "run/fold-01").empty());
}

TEST_CASE("too little memory for a model ends in one line", "[end_to_end][failure]") {
  const TemporaryFolder folder;
  write_pieces(folder / "pieces", 3, 2.0);
  std::ofstream(folder / "small.yaml") << kConfig;
  // LibTorch itself wants 1 GB of addresses; the weights of this model are 7 GB.
  const auto result = run_command(
      "ulimit -v 4000000; sep-train small.yaml --data pieces --out run --folds 1 "
      "--set model.hidden_size=8192 --set model.num_layers=2",
      folder.path());
  check_failed(result, "");
  for (const auto& name : files_below(folder / "run")) {
    CHECK((name == ".lock" || name == "config.yaml"));
  }
}

TEST_CASE("a training whose disk is full leaves the others be", "[end_to_end][failure]") {
  const TemporaryFolder folder;
  write_pieces(folder / "pieces", 3, 2.0);
  std::ofstream(folder / "small.yaml") << kConfig;
  const std::string train = "sep-train small.yaml --data pieces --out run --folds 1 ";
  REQUIRE(run_command(train + "--instruments bassoon", folder.path()).code == 0);
  const SmallDisk disk(folder / "run/fold-01/violin", "1");
  if (!disk.mounted()) SEP_SKIP("no disk may be mounted here");
  std::ofstream(folder / "run/fold-01/violin/full") << std::string(2 << 20, 'x');
  const auto result =
      run_command(train + "--instruments violin,clarinet --jobs 1", folder.path());
  INFO(result.err);
  CHECK(result.code == 1);
  CHECK(result.err.find("error: fold 1 violin: ") != std::string::npos);
  CHECK(result.out.find("1 trainings done now, 0 before") != std::string::npos);
  CHECK(fs::exists(folder / "run/fold-01/clarinet/last.safetensors"));
}
