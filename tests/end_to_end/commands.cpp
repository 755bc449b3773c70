// The commands as a user runs them, on short chorales.
#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "libsep/core/csv.h"
#include "tests/support/pieces.h"
#include "tests/support/workplace.h"

namespace {

namespace fs = std::filesystem;

/// Trainings of a second: what differs from the defaults is only size.
const char* const kSmallConfig = R"(title: Small
stft: {window_length: 256, hop_length: 128}
mixtures: {num_train: 3, num_validation: 2, seconds: 1, max_source_seconds: 1}
model: {hidden_size: 6, num_layers: 2, dropout: 0.2}
train: {batch_size: 2, iterations_per_epoch: 3, num_epochs: 2, learning_rate: 0.01}
)";

struct Workplace : CommandPlace {
  Workplace() {
    write_music(folder / "pieces", 4, 2.0);
    write("small.yaml", kSmallConfig);
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name) << text;
  }
};

}  // namespace

TEST_CASE("from pieces to tables", "[end_to_end]") {
  const Workplace place;
  place.succeed("sep-train small.yaml --data pieces --out run");
  for (const char* fold : {"fold-01", "fold-02", "fold-03", "fold-04"}) {
    for (const char* instrument : {"violin", "bassoon", "clarinet", "saxphone"}) {
      const auto folder = place.folder / "run" / fold / instrument;
      INFO(folder);
      CHECK(fs::exists(folder / "best.safetensors"));
      CHECK(fs::exists(folder / "last.safetensors"));
      CHECK(sep::read_csv(folder / "history.csv").rows.size() == 2);
      CHECK(std::distance(fs::directory_iterator(folder), {}) == 3);
    }
  }
  const auto eval = place.succeed("sep-eval run --oracles");  // the run knows its data
  CHECK(eval.out.find("| violin | model |") != std::string::npos);
  const auto scores = sep::read_csv(place.folder / "run" / "eval" / "scores.csv");
  CHECK(scores.rows.size() == 4 * 4 * 6);  // folds, instruments, estimates
  for (const auto& row : scores.rows) CHECK(row[scores.column("status")] == "ok");
  const auto clean = place.folder / "run" / "eval" / "clean";
  CHECK(fs::exists(clean / "SepModel_violin_FULL_EVAL_RESULTS.csv"));
  CHECK(fs::exists(clean /
                   ("SepModel_MaxMix=3_HSize=6_NLayers=2_Dropout=0.2_EpcLen=3_MaxEpc=2"
                    "_FULL_EVAL_RESULTS.csv")));

  // Run again, everything is done; the same bytes stay.
  const auto before = contents(place.folder / "run");
  const auto again = place.succeed("sep-train small.yaml --data pieces --out run");
  CHECK(again.out.find("0 trainings done now, 16 before") != std::string::npos);
  CHECK(contents(place.folder / "run") == before);
}

TEST_CASE("the same bytes, twice, alone, in parts", "[end_to_end]") {
  const Workplace place;
  const std::string train = "sep-train small.yaml --data pieces --folds 2 ";
  place.succeed(train + "--out first");
  place.succeed(train + "--out second");
  const auto first = contents(place.folder / "first");
  CHECK(contents(place.folder / "second") == first);

  place.succeed(train + "--out alone --instruments clarinet");
  place.succeed(train + "--out parts --instruments saxophone,clarinet");
  place.succeed(train + "--out parts");
  CHECK(contents(place.folder / "parts") == first);
  for (const char* name : {"best.safetensors", "last.safetensors", "history.csv"}) {
    const std::string file = std::string("fold-02/clarinet/") + name;
    INFO(file);
    CHECK(contents(place.folder / "alone").at(file) == first.at(file));
  }

  place.succeed("sep-eval first --out tables-1 --threads 1 --oracles");
  place.succeed("sep-eval first --out tables-2 --threads 2 --oracles");
  CHECK(contents(place.folder / "tables-1") == contents(place.folder / "tables-2"));
}

TEST_CASE("the same bytes with any threads, jobs and selection", "[end_to_end]") {
  // Large enough for LibTorch and OpenBLAS to share their sums among threads.
  const Workplace place;
  const std::string train =
      "sep-train small.yaml --data pieces --folds 2 --set stft.window_length=512 "
      "--set model.hidden_size=16 --set mixtures.seconds=3 ";
  place.succeed(train + "--out wanted --threads 1");
  const auto wanted = contents(place.folder / "wanted");
  const std::string alone = "--instruments bassoon ";
  for (const auto& options : {std::string("--threads 2 --jobs 1"),
                              std::string("--threads 2 --jobs 2"),
                              std::string("--threads 8"),
                              alone + "--threads 3"}) {
    INFO(options);
    place.succeed(train + "--out found " + options);
    auto found = contents(place.folder / "found");
    REQUIRE(found.count("fold-02/bassoon/best.safetensors") == 1);
    for (const auto& [name, bytes] : found) {
      INFO(name);
      if (name.rfind("fold-", 0) == 0) CHECK(bytes == wanted.at(name));
    }
    fs::remove_all(place.folder / "found");
  }
}

TEST_CASE("another seed gives other weights on the same mixtures", "[end_to_end]") {
  const Workplace place;
  const std::string train =
      "sep-train small.yaml --data pieces --folds 1 --instruments violin ";
  place.succeed(train + "--out one");
  place.succeed(train + "--out two --seed 1");
  const std::string best = "fold-01/violin/best.safetensors";
  CHECK(contents(place.folder / "one").at(best) != contents(place.folder / "two").at(best));
  place.refuse(train + "--out one --seed 1", {"seed: 1 wanted, 0 found"});
  place.succeed(train + "--out one --seed 1 --fresh");
  CHECK(contents(place.folder / "one").at(best) == contents(place.folder / "two").at(best));
}

TEST_CASE("the legacy protocol trains the chain and keeps apart", "[end_to_end]") {
  const Workplace place;
  const auto result = place.succeed(
      "sep-train small.yaml --data pieces --protocol legacy --folds 1 "
      "--instruments bassoon");
  CHECK(result.err.find("1 trainings come along as predecessors") != std::string::npos);
  const auto run = place.folder / "runs" / "small-legacy";
  CHECK(fs::exists(run / "fold-01" / "violin" / "state.safetensors"));
  CHECK_FALSE(fs::exists(run / "fold-01" / "clarinet"));
  place.succeed("sep-eval runs/small-legacy");
  CHECK(fs::exists(run / "eval" / "legacy" / "SepModel_bassoon_FULL_EVAL_RESULTS.csv"));

  const auto history = [&](const std::string& name, const std::string& instrument) {
    const auto folder = place.folder / "runs" / name / "fold-01" / instrument;
    return read_text(folder / "history.csv");
  };
  // Its bassoon learned the rest; with the bassoon as target it learns another thing.
  place.succeed(
      "sep-train small.yaml --data pieces --protocol legacy --folds 1 "
      "--instruments bassoon --set legacy.published_target=false --out runs/by-name");
  CHECK(history("by-name", "violin") == history("small-legacy", "violin"));
  CHECK(history("by-name", "bassoon") != history("small-legacy", "bassoon"));
  // Validation in training mode gives other losses.
  place.succeed("sep-train small.yaml --data pieces --folds 1 --instruments violin");
  CHECK(history("small", "violin") != history("small-legacy", "violin"));

  // Going on gives what one call would have.
  place.succeed("sep-train small.yaml --data pieces --protocol legacy --folds 1-2");
  place.succeed(
      "sep-train small.yaml --data pieces --protocol legacy --folds 1-2 --out whole");
  const auto parts = contents(run);
  for (const auto& [name, text] : contents(place.folder / "whole")) {
    INFO(name);
    CHECK((parts.count(name) == 1 && parts.at(name) == text));
  }
}

TEST_CASE("an interrupted run says how to go on and does", "[end_to_end]") {
  const Workplace place;
  const std::string train =
      "sep-train small.yaml --data pieces --folds 1 --instruments violin "
      "--set train.iterations_per_epoch=60 ";
  const auto result =
      interrupt_command(train + "--out parts", "^Small: ", place.folder.path());
  INFO(result.err);
  REQUIRE(result.code == 130);
  CHECK(result.err.find("the same command goes on from here") != std::string::npos);
  place.succeed(train + "--out parts");
  place.succeed(train + "--out whole");
  CHECK(contents(place.folder / "parts") == contents(place.folder / "whole"));
}

TEST_CASE("a state that leads nowhere is found before anything is rendered",
          "[end_to_end][failure]") {
  const Workplace place;
  const std::string train = "sep-train small.yaml --data pieces --out run --folds 1 ";
  place.succeed(train + "--instruments bassoon");
  const auto violin = place.folder / "run/fold-01/violin";
  fs::create_directories(violin);
  fs::create_symlink("state.safetensors", violin / "state.safetensors");
  const auto result = place.run(train + "--instruments violin,clarinet --jobs 1");
  INFO(result.err);
  CHECK(result.code == 2);
  CHECK(result.err.find(
            "error: run/fold-01/violin/state.safetensors: cannot be looked at: ") !=
        std::string::npos);
  CHECK(result.err.find(": rendering ") == std::string::npos);
}

TEST_CASE("a damaged or misplaced state is found before anything is rendered",
          "[end_to_end][failure]") {
  const Workplace place;
  const std::string train =
      "sep-train small.yaml --data pieces --protocol legacy --out run --folds ";
  place.succeed(train + "1 --instruments bassoon");  // and the violin before it
  fs::copy(place.folder / "run", place.folder / "sound", fs::copy_options::recursive);
  const auto copy = [&](const std::string& from, const std::string& to) {
    fs::copy_file(
        place.folder / from, place.folder / to, fs::copy_options::overwrite_existing);
  };
  const std::string bassoon = "run/fold-01/bassoon/";
  const std::string violin = "run/fold-01/violin/";

  const auto refuse_clarinet = [&](const std::string& message) {
    const auto result = place.run(train + "1 --instruments clarinet");
    INFO(result.err);
    CHECK(result.code == 2);
    CHECK(result.err.find("error: " + bassoon + message) != std::string::npos);
    return result.err;
  };
  const std::string rendering = ": rendering ";

  // The predecessor of the next training is another's.
  copy(violin + "state.safetensors", bassoon + "state.safetensors");
  CHECK(refuse_clarinet("state.safetensors: of another training: instrument: bassoon "
                        "wanted, violin found")
            .find(rendering) == std::string::npos);

  // Its bytes are not those that were written.
  auto state = read_text(place.folder / "sound/fold-01/bassoon/state.safetensors");
  state.back() = static_cast<char>(state.back() ^ 1);
  place.write(bassoon + "state.safetensors", state);
  CHECK(refuse_clarinet("state.safetensors: damaged, its checksum says ").find(rendering) ==
        std::string::npos);
  copy("sound/fold-01/bassoon/state.safetensors", bassoon + "state.safetensors");

  // The state says that the training has ended, and its model is gone.
  fs::remove(place.folder / bassoon / "best.safetensors");
  refuse_clarinet(
      "best.safetensors: missing, though its training has ended; remove its "
      "folder to train again");
  fs::remove_all(place.folder / bassoon);
  place.succeed(train + "1 --instruments bassoon");
  for (const auto& [name, bytes] : contents(place.folder / "sound")) {
    INFO(name);
    if (name != ".lock") CHECK(read_text(place.folder / "run" / name) == bytes);
  }
}

TEST_CASE("a run says where another libsep was before", "[end_to_end]") {
  const Workplace place;
  const std::string train =
      "sep-train small.yaml --data pieces --out run --instruments violin ";
  const std::string note = "was here before";
  CHECK(place.succeed(train + "--folds 1").err.find(note) == std::string::npos);
  CHECK(place.succeed(train + "--folds 1-2").err.find(note) == std::string::npos);
  auto manifest = read_text(place.folder / "run/manifest.yaml");
  const auto end_of_line = manifest.find('\n');
  manifest.replace(0, end_of_line, "libsep_version: \"0.0.7\"");
  place.write("run/manifest.yaml", manifest);
  const auto result = place.succeed(train + "--folds 1-3");
  CHECK(result.err.find("run: libsep 0.0.7 was here before, ") != std::string::npos);
  CHECK(fs::exists(place.folder / "run/manifest-2.yaml"));
}

TEST_CASE("data may move between two calls", "[end_to_end]") {
  const Workplace place;
  const std::string train = "sep-train small.yaml --out run --instruments violin ";
  place.succeed(train + "--data pieces --folds 1");
  fs::rename(place.folder / "pieces", place.folder / "moved");
  write_pieces(place.folder / "other", 4, 2.0);
  const auto before = read_text(place.folder / "run/config.yaml");
  place.refuse(train + "--data other --folds 2", {"run", "began on another dataset"});
  CHECK(read_text(place.folder / "run/config.yaml") == before);
  place.succeed(train + "--data moved --folds 2");
  CHECK(read_text(place.folder / "run/config.yaml").find("/moved") != std::string::npos);
  place.succeed("sep-eval run");
}

TEST_CASE("a run directory has one holder at a time", "[end_to_end]") {
  const Workplace place;
  const std::string train =
      "sep-train small.yaml --data pieces --out run --folds 1 --instruments violin "
      "--set train.iterations_per_epoch=3000 ";
  // The second one starts once the first has its lock, and then the first is stopped.
  const auto result =
      place.run("(" + train +
                "2>first.log & pid=$!; until [ -s run/.lock ]; do "
                "sleep 0.1; done; " +
                train + "; code=$?; kill -INT $pid; wait $pid; exit $code)");
  INFO(result.out << result.err);
  CHECK(result.code == 2);
  CHECK(result.err.find("error: run: in use by process") != std::string::npos);
  CHECK(count_lines(result.err) == 1);
}

TEST_CASE("a run begins anew beside what somebody left in it", "[end_to_end]") {
  const Workplace place;
  const std::string train =
      "sep-train small.yaml --data pieces --out run --folds 1 --instruments violin ";
  fs::create_directories(place.folder / "run");
  place.write("run/.DS_Store", "x");
  place.write("run/notes.txt", "x");
  place.refuse(train, {"run: wants a new folder or a run's, found notes.txt there"});
  fs::remove(place.folder / "run/notes.txt");
  place.succeed(train);
  const std::string best = "run/fold-01/violin/best.safetensors";
  const auto first = read_text(place.folder / best);
  const std::vector<std::string> kept = {"run/notes.txt", "run/fold-01/notes.txt"};
  for (const auto& name : kept) place.write(name, "mine");
  const auto again = place.succeed(train + "--fresh --seed 5");
  CHECK(again.out.find("1 trainings done now, 0 before") != std::string::npos);
  CHECK(read_text(place.folder / best) != first);
  for (const auto& name : kept) CHECK(read_text(place.folder / name) == "mine");
  CHECK(place.succeed(train + "--seed 5").out.find("1 before") != std::string::npos);
}

TEST_CASE("progress is plain lines where a terminal cannot move its cursor",
          "[end_to_end]") {
  const Workplace place;
  const auto log_of = [&](const std::string& terminal) {
    place.succeed("script -qec 'env " + terminal +
                  " sep-train small.yaml --data pieces --out run --folds 1 --instruments "
                  "violin --fresh' log");
    return read_text(place.folder / "log");
  };
  if (place.run("script -qec true log").code != 0) SEP_SKIP("no script(1) here");
  CHECK(log_of("TERM=xterm").find('\x1B') != std::string::npos);
  for (const char* terminal : {"TERM=dumb", "-u TERM", "TERM="}) {
    const auto log = log_of(terminal);
    INFO(terminal << "\n" << log);
    CHECK(log.find("violin") != std::string::npos);
    CHECK(log.find('\x1B') == std::string::npos);
  }
}

TEST_CASE("a dry run prints the plan and touches nothing", "[end_to_end]") {
  const Workplace place;
  const auto result =
      place.succeed("sep-train small.yaml --data pieces --folds 2-3 --dry-run");
  CHECK(result.out.find("8 trainings of 6 iterations") != std::string::npos);
  CHECK(result.out.find("fold  3 clarinet") != std::string::npos);
  CHECK(result.out.find(" on this machine as it is now: ") != std::string::npos);
  CHECK_FALSE(fs::exists(place.folder / "runs"));
}

TEST_CASE("fixed lists are one fold", "[end_to_end]") {
  const Workplace place;
  const auto name = [&](int i) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(place.folder / "pieces")) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names.at(static_cast<size_t>(i));
  };
  place.write("fixed.yaml",
              std::string(kSmallConfig) + "split:\n  train: [" + name(2) + ", " + name(3) +
                  "]\n  validation: [" + name(1) + "]\n  test: [" + name(0) + ", " +
                  name(1) + "x]\n");
  place.refuse("sep-train fixed.yaml --data pieces", {name(1) + "x", "pieces"});
  place.write("fixed.yaml",
              std::string(kSmallConfig) + "split:\n  train: [" + name(2) + ", " + name(3) +
                  "]\n  validation: [" + name(1) + "]\n  test: [" + name(0) + "]\n");
  place.succeed("sep-train fixed.yaml --data pieces --instruments violin");
  place.succeed("sep-eval runs/fixed");
  const auto scores =
      sep::read_csv(place.folder / "runs" / "fixed" / "eval" / "scores.csv");
  CHECK(scores.rows.size() == 2);
  CHECK(scores.rows[0][scores.column("piece")] == name(0));
}

TEST_CASE("a folder of stems trains as Bach10 does", "[end_to_end]") {
  const Workplace place;
  for (const char* stem : {"mix", "cello", "flute"})
    fs::create_directories(place.folder / "s" / stem);
  for (const auto& entry : fs::directory_iterator(place.folder / "pieces")) {
    const std::string name = entry.path().filename();
    fs::copy(entry.path() / (name + "-bassoon.wav"),
             place.folder / "s" / "cello" / (name + ".wav"));
    fs::copy(entry.path() / (name + "-violin.wav"),
             place.folder / "s" / "flute" / (name + ".wav"));
  }
  fs::remove(place.folder / "s" / "mix");
  const auto train = place.succeed(
      "sep-train small.yaml --data s --folds 1 --set data.layout=stem_folder");
  CHECK(train.err.find("made as the sum of the stems") != std::string::npos);
  place.succeed("sep-eval runs/small");
  CHECK(fs::exists(place.folder /
                   "runs/small/eval/clean/SepModel_cello_FULL_EVAL_RESULTS.csv"));
}

TEST_CASE("several runs make one table", "[end_to_end]") {
  const Workplace place;
  const std::string train = "sep-train small.yaml --data pieces --folds 1-2 ";
  place.succeed(train + "--out one");
  place.succeed(train + "--out two --seed 3 --set title=Other");
  place.refuse("sep-eval one two", {"--out"});
  place.succeed("sep-eval one two --out tables");
  const auto table = sep::read_csv(place.folder / "tables" / "clean" /
                                   "SepModel_violin_FULL_EVAL_RESULTS.csv");
  REQUIRE(table.rows.size() == 2);
  CHECK(table.rows[0][1] == "Small");
  CHECK(table.rows[1][1] == "Other");
}

TEST_CASE("wrong input is one clear line and exit 2", "[end_to_end][failure]") {
  const Workplace place;
  const std::string train = "sep-train small.yaml --data pieces --out run ";

  place.write("typo.yaml", "title: T\nmodel:\n  hiden_size: 50\n");
  place.refuse("sep-train typo.yaml --data pieces",
               {"typo.yaml:3", "model.hiden_size", "model.hidden_size"});
  place.refuse(train + "--set train.epochs=3", {"--set train.epochs=3", "is no setting"});
  place.refuse(train + "--set train.num_epochs=0",
               {"--set train.num_epochs=0", "wants 1 to 1000000"});
  place.refuse(
      train + "--set train.learning_rate=1e38",
      {"--set train.learning_rate=1e38: train.learning_rate = 1e+38: wants above 0"});
  place.write("tab.yaml", "title: T\nmodel:\n\thidden_size: 50\n");
  place.refuse("sep-train tab.yaml --data pieces",
               {"tab.yaml:3", "a tab indents the line"});
  place.refuse(train + "--set nonsense", {"nonsense"});
  place.refuse("sep-train absent.yaml --data pieces", {"absent.yaml"});
  place.refuse("sep-train small.yaml", {"--data"});
  place.refuse("sep-train small.yaml --data absent", {"absent"});
  place.refuse(train + "--folds 5", {"--folds 5", "1 to 4"});
  place.refuse(train + "--instruments cello", {"cello", "violin"});
  place.refuse(train + "--protocol dirty", {"--protocol dirty", "clean"});
  place.refuse(train + "--device abacus", {"--device abacus"});
  place.refuse(train + "--threads 0", {"--threads"});
  place.refuse("sep-train", {"CONFIG"});
  place.refuse("sep-train small.yaml --nonsense", {"--nonsense"});
  place.refuse("sep-eval absent", {"absent"});
  place.refuse("sep-eval pieces", {"pieces", "config.yaml"});
  place.refuse("sep-eval", {"run directories"});
  fs::create_directories(place.folder / "empty");
  place.refuse("sep-train small.yaml --data empty", {"empty", "no piece"});
  CHECK_FALSE(fs::exists(place.folder / "run"));
  CHECK_FALSE(fs::exists(place.folder / "runs"));
}

TEST_CASE("faults of a dataset are all named", "[end_to_end][failure]") {
  const Workplace place;
  std::vector<fs::path> pieces;
  for (const auto& entry : fs::directory_iterator(place.folder / "pieces")) {
    pieces.push_back(entry.path());
  }
  std::sort(pieces.begin(), pieces.end());
  const auto stem = [&](size_t piece, const std::string& instrument) {
    return pieces[piece] / (pieces[piece].filename().string() + "-" + instrument + ".wav");
  };
  fs::remove(stem(0, "violin"));
  write_pieces(place.folder / "short", 1, 1.0);
  const auto donor = fs::directory_iterator(place.folder / "short")->path();
  fs::copy_file(donor / (donor.filename().string() + "-bassoon.wav"),
                stem(1, "bassoon"),
                fs::copy_options::overwrite_existing);
  write_pieces(place.folder / "slow", 1, 2.0, 22050);
  const auto slow = fs::directory_iterator(place.folder / "slow")->path();
  fs::copy_file(slow / (slow.filename().string() + "-clarinet.wav"),
                stem(2, "clarinet"),
                fs::copy_options::overwrite_existing);
  place.write("pieces/" + pieces[3].filename().string() + "/" +
                  pieces[3].filename().string() + "-saxphone.wav",
              "not audio");
  const auto result = place.run("sep-train small.yaml --data pieces --out run");
  INFO(result.err);
  CHECK(result.code == 2);
  CHECK(result.err.find(stem(0, "violin").filename().string()) != std::string::npos);
  CHECK(result.err.find(stem(1, "bassoon").filename().string()) != std::string::npos);
  CHECK(result.err.find("22050") != std::string::npos);
  CHECK(result.err.find(stem(3, "saxphone").filename().string()) != std::string::npos);
  CHECK_FALSE(fs::exists(place.folder / "run"));
}

TEST_CASE("a title that no table could hold is refused", "[end_to_end]") {
  const Workplace place;
  for (const char* title : {R"("two\nlines")", R"("a bell: \a")", R"("a tab: \t")"}) {
    place.succeed("grep -v ^title small.yaml > titled.yaml");
    std::ofstream(place.folder / "titled.yaml", std::ios::app)
        << "title: " << title << '\n';
    const auto result = place.run("sep-train titled.yaml --data pieces --out new");
    INFO(result.err);
    CHECK(result.code == 2);
    CHECK(result.err.find("title") != std::string::npos);
    CHECK(result.err.find("wants one line of UTF-8") != std::string::npos);
    CHECK_FALSE(fs::exists(place.folder / "new"));
  }
}

TEST_CASE("help and version go to stdout and end well", "[end_to_end]") {
  const Workplace place;
  for (const char* command : {"sep-train", "sep-eval", "sep-separate", "sep-data"}) {
    INFO(command);
    const auto help = place.run(std::string(command) + " --help");
    CHECK(help.code == 0);
    CHECK(help.out.find("--help") != std::string::npos);
    CHECK(help.err.empty());
    const auto version = place.run(std::string(command) + " --version");
    CHECK(version.code == 0);
    CHECK(version.out.find(std::string(command) + " 0.1.0") == 0);
  }
}

TEST_CASE("what could not be printed is a failure", "[end_to_end][failure]") {
  const Workplace place;
  for (const char* command : {"sep-eval --help",
                              "sep-train --version",
                              "sep-train small.yaml --data pieces --dry-run"}) {
    INFO(command);
    const auto result = place.run(std::string(command) + " > /dev/full");
    CHECK(result.code == 1);
    CHECK(result.err.find("standard output: cannot be written to") != std::string::npos);
  }
}

TEST_CASE("sep-data makes chorales or tones", "[end_to_end]") {
  const Workplace place;
  const std::string make = "sep-data synthesize --pieces 1 --seconds 2 ";
  place.refuse(make + "--out music --kind songs", {"--kind", "songs"});
  place.refuse(make + "--out music --seed -1", {"--seed", "-1"});
  if (sep::has_fluidsynth()) {
    place.refuse(make + "--out music --soundfont none.sf2", {"none.sf2", "sound font"});
  } else {
    place.refuse(make + "--out music", {"FluidSynth", "--kind tones"});
  }
  CHECK_FALSE(fs::exists(place.folder / "music"));
  place.refuse(make + "--out music --players vioin,cello", {"vioin", "violin"});
  place.refuse(make + "--out music --players violin", {"1 player", "2 to 8"});
  place.refuse(make + "--out music --vary rom=1", {"rom", "room"});
  place.refuse(make + "--out music --vary room=3", {"room", "0 to 2"});
  place.refuse(make + "--out music --variations some", {"--variations", "rich"});
  place.refuse(make + "--out music --format mp3", {"--format", "flac"});
  place.refuse(make + "--out tones --kind tones --players violin,cello",
               {"--players violin,cello", "--kind chorales"});
  place.refuse(make + "--out tones --kind tones --soundfont none.sf2",
               {"--soundfont none.sf2", "--kind chorales"});
  CHECK_FALSE(fs::exists(place.folder / "tones"));
  const auto result = place.succeed(make + "--out tones --kind tones");
  CHECK(result.out == "tones\n");
  CHECK(fs::exists(place.folder / "tones" / "01-Synthetic" / "01-Synthetic.wav"));
}
