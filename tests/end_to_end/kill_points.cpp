// Commands that are killed before each single thing they do to files, and the order in
// which they do those things.
#include <fmt/format.h>

#include <fstream>
#include <set>
#include <sstream>

#include "tests/support/pieces.h"
#include "tests/support/workplace.h"

namespace {

namespace fs = std::filesystem;

// Two epochs, so that a state is saved and removed again.
const char* const kConfig = R"(title: Small
stft: {window_length: 256, hop_length: 128}
mixtures: {num_train: 2, num_validation: 1, seconds: 0.5, max_source_seconds: 0.5}
model: {hidden_size: 6, num_layers: 2, dropout: 0.2}
train: {batch_size: 2, iterations_per_epoch: 2, num_epochs: 2}
)";

/// One operation on a file: "write", its path; "rename", its two paths.
struct Operation {
  std::string name;
  std::string path;
  std::string to;
};

struct Place : CommandPlace {
  Place() {
    write_pieces(folder / "pieces", 3, 2.0);
    std::ofstream(folder / "small.yaml") << kConfig;
  }

  /// `line` with what it does to the folder `root` in operations.txt; killed before
  /// the operation `kill_at`, if that is not 0.
  std::string watched(const std::string& line, const std::string& root, int kill_at = 0) {
    return fmt::format(
        "SEP_WATCH='{}' SEP_OPERATIONS='{}' {} LD_PRELOAD='" LIBSEP_FILE_OPERATIONS "' {}",
        (folder / root).string(),
        (folder / "operations.txt").string(),
        kill_at > 0 ? fmt::format("SEP_KILL_AT={}", kill_at) : "",
        line);
  }

  std::vector<Operation> operations_of(const std::string& line, const std::string& root) {
    fs::remove(folder / "operations.txt");
    succeed(watched(line, root));
    std::vector<Operation> operations;
    std::istringstream lines(read_text(folder / "operations.txt"));
    for (std::string text; std::getline(lines, text);) {
      const auto space = text.find(' ');
      const auto tab = std::min(text.find('\t'), text.size());
      operations.push_back({text.substr(0, space),
                            text.substr(space + 1, tab - space - 1),
                            text.substr(std::min(tab + 1, text.size()))});
    }
    return operations;
  }
};

/// Below `root`; hidden files and folders are temporaries, locks, and what is not finished.
bool is_hidden(const std::string& path, const fs::path& root) {
  const auto relative = fs::path(path).lexically_relative(root).string();
  return relative.front() == '.' ? relative != "."
                                 : relative.find("/.") != std::string::npos;
}

bool is_below(const std::string& path, const std::string& folder) {
  return path == folder || path.rfind(folder + "/", 0) == 0;
}

/// What a power cut needs in order to leave each file whole or absent: written under a
/// hidden name, flushed after the last write, renamed, the folder flushed after that.
struct OrderOfWriting {
  fs::path root;
  std::set<std::string> unflushed;          // files written to since they were flushed
  std::set<std::string> unflushed_folders;  // folders with names that are not on the disk

  void add(const Operation& operation) {
    INFO(operation.name << " " << operation.path << " " << operation.to);
    const auto folder_of = [](const std::string& path) {
      return fs::path(path).parent_path().string();
    };
    if (operation.name == "open" || operation.name == "write") {
      CHECK(is_hidden(operation.path, root));
      unflushed.insert(operation.path);
    } else if (operation.name == "flush") {
      unflushed.erase(operation.path);
      unflushed_folders.erase(operation.path);
    } else if (operation.name == "mkdir") {
      unflushed_folders.insert(folder_of(operation.path));
    } else if (operation.name == "rename") {
      for (const auto* all : {&unflushed, &unflushed_folders}) {
        for (const auto& path : *all) {
          INFO("not on the disk: " << path);
          CHECK_FALSE(is_below(path, operation.path));
        }
      }
      unflushed_folders.insert(folder_of(operation.to));
    }
  }
};

/// Kills a training before each thing it does to its files, and lets it go on.
void check_kill_points(const std::string& options) {
  Place place;
  const auto train = "sep-train small.yaml --data pieces --folds 1 " + options + " --out ";
  const auto operations = place.operations_of(train + "whole", "whole");
  const auto wanted = contents(place.folder / "whole");
  REQUIRE(operations.size() > 30);
  int num_kills = 0;
  for (size_t i = 0; i < operations.size(); ++i) {
    // A flush changes nothing that a kill could show.
    if (i > 0 && operations[i - 1].name == "flush") continue;
    INFO("killed before operation " << i + 1 << ", " << operations[i].name << " "
                                    << operations[i].path);
    const auto killed =
        place.run(place.watched(train + "run", "run", static_cast<int>(i) + 1));
    INFO(killed.err);
    CHECK(killed.code == 137);
    ++num_kills;
    place.succeed(train + "run");
    const auto found = contents(place.folder / "run");
    CHECK(found.size() == wanted.size());
    for (const auto& [file, bytes] : wanted) {
      INFO(file);
      CHECK((found.count(file) == 1 && found.at(file) == bytes));
    }
    fs::remove_all(place.folder / "run");
  }
  fmt::print("{}: killed at {} of {} operations\n", options, num_kills, operations.size());
}

}  // namespace

TEST_CASE("killed before any operation on its files, a training ends with the same bytes",
          "[end_to_end]") {
  check_kill_points("--instruments violin");
}

// States are kept, and each training goes on from the one before.
TEST_CASE("killed before any operation on its files, so does a legacy chain",
          "[.legacy][end_to_end]") {
  check_kill_points("--instruments clarinet --protocol legacy --set train.num_epochs=1");
}

TEST_CASE("killed anywhere, an evaluation leaves no table that the next one misses",
          "[end_to_end]") {
  Place place;
  place.succeed(
      "sep-train small.yaml --data pieces --folds 1 --instruments violin,bassoon "
      "--out run");
  place.succeed("cp -r run alone && rm -r alone/fold-01/bassoon");
  place.succeed("sep-eval alone --out wanted");
  const auto wanted = contents(place.folder / "wanted");
  const std::string both = "sep-eval run --out tables";
  const auto operations = place.operations_of(both, "tables");
  for (size_t i = 0; i < operations.size(); ++i) {
    const auto& name = operations[i].name;
    if (i + 1 < operations.size() && name != "rename" && name != "remove") continue;
    INFO("killed before operation " << i + 1 << ", " << name << " " << operations[i].to);
    fs::remove_all(place.folder / "tables");
    CHECK(place.run(place.watched(both, "tables", static_cast<int>(i) + 1)).code == 137);
    place.succeed("sep-eval alone --out tables");
    std::map<std::string, std::string> found;
    for (const auto& [file, bytes] : contents(place.folder / "tables")) {
      const bool temporary = file.find(".tmp") != std::string::npos;
      if (!temporary) found[file] = bytes;
    }
    CHECK(found == wanted);
  }
}

TEST_CASE("a rename that fails leaves an earlier separation as it was",
          "[end_to_end][separate]") {
  Place place;
  place.succeed("sep-train small.yaml --data pieces --folds 1 --out run");
  place.succeed("cp pieces/01-*/01-*tic.wav song.wav");
  place.succeed("sep-separate --model run song.wav --out out --report");
  const auto wanted = contents(place.folder / "out");
  CHECK(wanted.size() == 7);  // four stems, the remainder, the page, the list of parts
  place.succeed("cp pieces/02-*/02-*tic.wav song.wav");
  const std::string line = "sep-separate --model run song.wav --out out --report";
  int num_failed = 0;
  for (;; ++num_failed) {
    INFO("rename " << num_failed + 1);
    const auto result = place.run(fmt::format("SEP_FAIL_RENAME={} ", num_failed + 1) +
                                  place.watched(line, "out"));
    if (result.code == 0) break;
    INFO(result.err);
    CHECK(result.code == 1);
    CHECK(contents(place.folder / "out") == wanted);
  }
  CHECK(num_failed == 7);
  const auto found = contents(place.folder / "out");
  CHECK(found.size() == wanted.size());
  CHECK(found.at("song/violin.wav") != wanted.at("song/violin.wav"));
}

TEST_CASE("a recording is opened once to be separated, a model once to be used",
          "[end_to_end][separate][eval]") {
  Place place;
  place.succeed(
      "sep-train small.yaml --data pieces --folds 1 --instruments violin --out run");
  place.succeed("cp pieces/01-*/01-*tic.wav song.wav");
  const auto count = [&](const std::string& line, const std::string& name) {
    const auto reads = place.folder / "reads.txt";
    fs::remove(reads);
    place.succeed(fmt::format("SEP_WATCH='{}' SEP_READS='{}' LD_PRELOAD='{}' {}",
                              place.folder.path().string(),
                              reads.string(),
                              LIBSEP_FILE_OPERATIONS,
                              line));
    std::istringstream lines(read_text(reads));
    int found = 0;
    for (std::string path; std::getline(lines, path);) {
      found += fs::path(path).filename() == name ? 1 : 0;
    }
    return found;
  };
  const std::string separate = "sep-separate --model run song.wav --out out --report";
  CHECK(count(separate, "song.wav") == 2);  // looked at before any work, and read
  CHECK(count(separate, "violin.wav") == 0);
  const std::string eval = "sep-eval run --out tables --report";
  CHECK(count(eval, "best.safetensors") == 2);  // looked at before any work, and loaded
}

TEST_CASE("files are flushed before they get their names, and their folders after",
          "[end_to_end]") {
  Place place;
  for (const std::string& line :
       {std::string("sep-data synthesize --kind tones --pieces 2 --seconds 1 --out out/a"),
        std::string("sep-data mixtures small.yaml --data pieces --fold 1 --out out/b"),
        std::string("sep-train small.yaml --data pieces --folds 1 --out out/c"),
        std::string("sep-eval out/c --oracles --report --out out/d"),
        std::string(
            "sep-separate --model out/c pieces/01-*/01-*tic.wav --out out/e --report"),
        std::string("sep-separate --model out/c pieces/01-*/01-*tic.wav --out out/f "
                    "--format flac")}) {
    CAPTURE(line);
    const auto operations = place.operations_of(line, "out");
    OrderOfWriting order;
    order.root = place.folder / "out";
    int64_t num_renames = 0;
    for (const auto& operation : operations) {
      order.add(operation);
      num_renames += operation.name == "rename" ? 1 : 0;
    }
    CHECK(num_renames >= 3);
    for (const auto& folder : order.unflushed_folders) {
      INFO(folder);
      if (folder == place.folder.path()) continue;  // is not watched
      CHECK(is_hidden(folder, order.root));
    }
  }
}
