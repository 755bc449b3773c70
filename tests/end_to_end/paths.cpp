// The commands on paths that a shell script or a format trips over.
#include <fstream>

#include "libsep/core/error.h"
#include "tests/support/pieces.h"
#include "tests/support/workplace.h"

namespace {

namespace fs = std::filesystem;

const char* const kConfig = R"(title: Small
stft: {window_length: 256, hop_length: 128}
mixtures: {num_train: 2, num_validation: 1, seconds: 0.5, max_source_seconds: 0.5}
model: {hidden_size: 6, num_layers: 1}
train: {batch_size: 2, iterations_per_epoch: 2, num_epochs: 1}
)";

/// `text` as one word of shell, whatever is in it.
std::string quoted(const std::string& text) {
  std::string word = "'";
  for (const char letter : text) word += letter == '\'' ? "'\\''" : std::string(1, letter);
  return word + "'";
}

/// Below `root`, `length` characters long as a whole.
fs::path long_folder(const fs::path& root, size_t length) {
  auto path = root.string();
  while (path.size() + 200 < length) path += "/" + std::string(150, 'd');
  return path + "/" + std::string(length - path.size() - 1, 'd');
}

/// The whole cycle below `root`, each path given to a command leading through it.
void run_cycle(const CommandPlace& place, const fs::path& root) {
  const auto path = [&](const std::string& name) { return quoted((root / name).string()); };
  std::ofstream(root / "small.yaml") << kConfig;
  place.succeed("sep-data synthesize --kind tones --pieces 3 --seconds 2 --out " +
                path("pieces"));
  place.succeed("sep-data verify " + path("pieces"));
  place.succeed("sep-train " + path("small.yaml") + " --data " + path("pieces") +
                " --folds 1 --instruments violin --out " + path("run"));
  place.succeed("sep-eval " + path("run") + " --report --out " + path("tables"));
  place.succeed("sep-separate --model " + path("run") + " " +
                path("pieces/01-Synthetic/01-Synthetic.wav") + " --report --out " +
                path("stems"));
}

/// What may not depend on where a cycle ran; configs and pages name paths.
std::map<std::string, std::string> results(const fs::path& root) {
  std::map<std::string, std::string> files;
  for (const char* folder : {"run", "tables", "stems"}) {
    for (const auto& [name, bytes] : contents(root / folder)) {
      const auto extension = fs::path(name).extension();
      if (extension == ".csv" || extension == ".safetensors" || extension == ".wav") {
        files[std::string(folder) + "/" + name] = bytes;
      }
    }
  }
  return files;
}

}  // namespace

TEST_CASE("the commands work below any folder", "[end_to_end]") {
  const CommandPlace place;
  const auto plain = place.folder / "plain";
  fs::create_directory(plain);
  run_cycle(place, plain);
  const auto wanted = results(plain);
  REQUIRE(wanted.count("run/fold-01/violin/best.safetensors") == 1);
  REQUIRE(wanted.count("tables/scores.csv") == 1);

  fs::create_directory(place.folder / "elsewhere");
  fs::create_directory_symlink("elsewhere", place.folder / "link");
  // The longest name below is some 90 characters; the system allows 4095 in all.
  for (const auto& root :
       {place.folder / "-- --out it's \"50 %\" {0} $HOME `x` \\n #&<b> Chöre – 第一 𝄞",
        place.folder / "two\nlines\t\x1B[31m",
        place.folder / "link",
        long_folder(place.folder / "long", 3900)}) {
    CAPTURE(root.string());
    fs::create_directories(root);
    run_cycle(place, root);
    const auto found = results(root);
    CHECK(found.size() == wanted.size());
    for (const auto& [name, bytes] : wanted) {
      INFO(name);
      CHECK((found.count(name) == 1 && found.at(name) == bytes));
    }
  }
}

TEST_CASE("a failure under a path of two lines keeps its reason", "[end_to_end][failure]") {
  const CommandPlace place;
  write_pieces(place.folder / "pieces", 3, 2.0);
  std::ofstream(place.folder / "small.yaml") << kConfig;
  // Files of at most 4 KiB, less than a checkpoint.
  const auto result = place.run(
      "ulimit -f 8; trap '' XFSZ; sep-train small.yaml --data pieces --folds 1 "
      "--instruments violin --cache none --out 'two\nlines'");
  INFO(result.out << result.err);
  CHECK(result.code == 1);
  CHECK(result.err.find("error: fold 1 violin: two\\x0alines/fold-01/violin/"
                        "best.safetensors: cannot be written: ") != std::string::npos);
}

TEST_CASE("paths that lead nowhere are refused in one line", "[end_to_end][failure]") {
  const CommandPlace place;
  write_pieces(place.folder / "pieces", 3, 2.0);
  std::ofstream(place.folder / "small.yaml") << kConfig;
  place.succeed(
      "sep-train small.yaml --data pieces --folds 1 --instruments violin "
      "--out run");
  // config.yaml could not name it.
  const auto foreign = quoted((place.folder / "not UTF-8 \xFF").string());
  place.succeed("cp -r pieces " + foreign);
  place.refuse("sep-train small.yaml --data " + foreign, {"whose path is UTF-8"});
  place.succeed("sep-eval run --data " + foreign + " --out " + foreign + "/tables");
  place.refuse("sep-eval ''", {"argument 1 is empty"});
  place.refuse("sep-train small.yaml --data ''", {"argument 3 is empty"});
  fs::create_symlink("nowhere", place.folder / "dangling");
  fs::create_symlink("loop", place.folder / "loop");
  for (const auto& path : {std::string(300, 'n'),
                           long_folder("long", 5000).string(),
                           std::string("dangling/inside"),
                           std::string("loop"),
                           std::string("small.yaml/inside"),
                           std::string("two\nlines\x1B")}) {
    CAPTURE(path);
    const auto word = quoted(path);
    const auto refuse = [&](const std::string& line) {
      place.refuse(line, {sep::one_line(path).substr(0, 20)});
    };
    refuse("sep-train " + word + " --data pieces");
    refuse("sep-train small.yaml --data " + word);
    refuse("sep-eval " + word);
    refuse("sep-eval run --data " + word);
    refuse("sep-eval --references pieces --estimates " + word + " --out tables");
    refuse("sep-separate --model " + word + " pieces/01-Synthetic/01-Synthetic.wav");
    refuse("sep-separate --model run " + word);
    refuse("sep-data verify " + word);
    refuse("sep-data mixtures " + word + " --data pieces --fold 1 --out mixtures");
    refuse("sep-data import-nussl " + word + " out.safetensors");
    if (path.find('\n') != std::string::npos) continue;  // may be made
    refuse("sep-train small.yaml --data pieces --out " + word);
    refuse("sep-eval run --out " + word);
    refuse("sep-data synthesize --kind tones --pieces 3 --seconds 2 --out " + word);
    // Says first what it is about to separate.
    const auto separate = place.run(
        "sep-separate --model run pieces/01-Synthetic/01-Synthetic.wav --out " + word);
    INFO(separate.err);
    CHECK(separate.code == 2);
    CHECK(count_lines(separate.err.substr(separate.err.find("error: "))) == 1);
  }
}
