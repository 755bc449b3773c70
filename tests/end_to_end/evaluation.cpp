// sep-eval as a user runs it: what it refuses, says and leaves.
#include <algorithm>
#include <fstream>

#include "libsep/audio/file.h"
#include "libsep/core/csv.h"
#include "libsep/core/safetensors.h"
#include "tests/support/pieces.h"
#include "tests/support/workplace.h"

namespace {

namespace fs = std::filesystem;

const char* const kConfig = R"(title: Small
device: cpu
stft: {window_length: 256, hop_length: 128}
mixtures: {num_train: 3, num_validation: 2, seconds: 1, max_source_seconds: 1}
model: {hidden_size: 6, num_layers: 2}
train: {batch_size: 2, iterations_per_epoch: 3, num_epochs: 2}
)";

/// Three pieces, and a run of violin and bassoon in two of its three folds.
struct Workplace : CommandPlace {
  Workplace() {
    fs::copy(trained() / "run", folder / "run", fs::copy_options::recursive);
    fs::create_directory_symlink(trained() / "pieces", folder / "pieces");
  }

  sep::CsvTable table(const std::string& name) const {
    return sep::read_csv(folder / name);
  }

  /// As everywhere, and no folder "tables".
  void refuse(const std::string& line, const std::vector<std::string>& parts) const {
    CommandPlace::refuse(line, parts);
    CHECK_FALSE(fs::exists(folder / "tables"));
  }

 private:
  static const fs::path& trained() {
    static const TemporaryFolder place;
    static const fs::path path = [] {
      write_pieces(place / "pieces", 3, 20.0);
      std::ofstream(place / "small.yaml") << kConfig;
      const auto result = run_command(
          "sep-train small.yaml --data pieces --out run --folds 1-2 "
          "--instruments violin,bassoon",
          place.path());
      if (result.code != 0) throw std::runtime_error(result.err);
      return place.path();
    }();
    return path;
  }
};

}  // namespace

TEST_CASE("runs that tables cannot tell apart are refused first", "[end_to_end][eval]") {
  const Workplace place;
  place.succeed("cp -r run twin && cp -r run third && cp -r run fourth");
  place.refuse("sep-eval run twin --out tables",
               {"run and twin", "Small", "seed 0", "--set title="});
  place.refuse("sep-eval run run/ --out tables", {"run and run/"});
  // Told apart by title alone, their tables of the thesis bear one name.
  place.succeed("sed -i 's/Small/Third/' third/config.yaml");
  place.succeed("sed -i 's/Small/Fourth/' fourth/config.yaml");
  place.succeed("sep-eval run third fourth --out tables");
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(place.folder / "tables/clean")) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  REQUIRE(names.size() == 5);
  const auto ends = [](const std::string& name, const std::string& end) {
    return name.size() > end.size() &&
           name.compare(name.size() - end.size(), end.size(), end) == 0;
  };
  CHECK(ends(names[0], "MaxEpc=2_FULL_EVAL_RESULTS.csv"));
  CHECK(ends(names[1], "MaxEpc=2_Seed=0_FULL_EVAL_RESULTS.csv"));
  CHECK(ends(names[2], "MaxEpc=2_Seed=0_Run=3_FULL_EVAL_RESULTS.csv"));
  // None of an instrument that was never trained.
  CHECK(names[3] == "SepModel_bassoon_FULL_EVAL_RESULTS.csv");
  CHECK(names[4] == "SepModel_violin_FULL_EVAL_RESULTS.csv");
  CHECK(place.table("tables/clean/" + names[4]).rows.size() == 3);
}

TEST_CASE("all runs are opened before the first is evaluated", "[end_to_end][eval]") {
  const Workplace place;
  place.succeed("cp -r run other && sed -i 's/Small/Other/' other/config.yaml");
  fs::remove_all(place.folder / "other/fold-01");
  fs::remove_all(place.folder / "other/fold-02");
  place.refuse("sep-eval run other --out tables", {"other", "no trained model"});
  place.refuse("sep-eval run absent --out tables", {"absent"});
  std::ofstream(place.folder / "file") << "x";
  place.refuse("sep-eval run --out file/tables", {"file/tables"});
}

TEST_CASE("a model of another fold is not scored", "[end_to_end][eval]") {
  const Workplace place;
  place.succeed("cp run/fold-02/violin/best.safetensors run/fold-01/violin/");
  place.refuse("sep-eval run --out tables",
               {"run/fold-01/violin/best.safetensors: of another training: fold: 1 wanted, "
                "2 found"});
  const auto piece = fs::directory_iterator(place.folder / "pieces")->path();
  const auto mixture = piece.filename().string() + ".wav";
  place.refuse(
      "sep-separate --model run 'pieces/" + piece.filename().string() + "/" + mixture +
          "' --out tables",
      {"run/fold-01/violin/best.safetensors: of another training: fold: 1 wanted"});
}

TEST_CASE("other stems of equal names and lengths are another dataset",
          "[end_to_end][eval]") {
  const Workplace place;
  place.succeed("cp -rL pieces other");
  const auto piece = fs::directory_iterator(place.folder / "other")->path();
  const auto path = piece / (piece.filename().string() + "-violin.wav");
  auto violin = sep::read_audio(path);
  violin.samples[violin.samples.size() / 2] += 0.01F;
  sep::write_audio(path, violin, sep::SampleFormat::kInt16);
  place.refuse("sep-eval run --data other --out tables",
               {"run/manifest.yaml: the run began on another dataset: of equal names"});
  place.succeed("sed -i '/^samples/d' run/manifest.yaml");  // a run of an earlier libsep
  place.succeed("sep-eval run --data other --out tables");
}

TEST_CASE("tables of an earlier evaluation do not stay", "[end_to_end][eval]") {
  const Workplace place;
  place.succeed("sep-eval run --out tables --report");
  // The thesis's own, put there to compare, say.
  const std::string theirs = "tables/clean/SepModel_theirs_FULL_EVAL_RESULTS.csv";
  std::ofstream(place.folder / theirs) << "mine";
  place.succeed("rm -r run/fold-0*/bassoon");
  const auto result = place.succeed("sep-eval run --out tables");
  const std::string bassoon = "tables/clean/SepModel_bassoon_FULL_EVAL_RESULTS.csv";
  CHECK(result.err.find(bassoon + ": removed, a table of an earlier evaluation") !=
        std::string::npos);
  CHECK_FALSE(fs::exists(place.folder / bassoon));
  CHECK(fs::exists(place.folder / "tables/clean/SepModel_violin_FULL_EVAL_RESULTS.csv"));
  CHECK(fs::exists(place.folder / theirs));
  CHECK(result.err.find("tables/report/index.html: of an earlier evaluation") !=
        std::string::npos);

  // Whatever is evaluated into the folder next: here, none that gives tables of a run.
  const auto single = place.succeed(
      "sep-eval run/fold-01/violin/best.safetensors --data pieces --out tables");
  CHECK(single.err.find("SepModel_violin_FULL_EVAL_RESULTS.csv: removed") !=
        std::string::npos);
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator(place.folder / "tables/clean")) {
    left.push_back("tables/clean/" + entry.path().filename().string());
  }
  CHECK(left == std::vector<std::string>{theirs});
}

TEST_CASE("a list of tables from elsewhere removes nothing else", "[end_to_end][eval]") {
  const Workplace place;
  fs::create_directories(place.folder / "tables/clean");
  const std::string name = "SepModel_x_FULL_EVAL_RESULTS.csv";
  std::ofstream(place.folder / name) << "mine";
  std::ofstream(place.folder / "tables" / name) << "mine";
  fs::create_symlink("../../" + name, place.folder / "tables/clean" / name);
  std::ofstream(place.folder / "tables/.tables")
      << "../" << name << "\n"
      << name << "\nclean/../../" << name << "\nclean/" << name << "\n"
      << (place.folder / name).string() << "\nclean\n\n";
  place.succeed("sep-eval run --out tables");
  CHECK(fs::exists(place.folder / name));
  CHECK(fs::exists(place.folder / "tables" / name));
  CHECK(fs::exists(place.folder / "tables/clean" / name));
}

TEST_CASE("two files for one estimate are refused", "[end_to_end][eval]") {
  const Workplace place;
  const auto name = fs::directory_iterator(place.folder / "pieces")->path().filename();
  const auto stem = place.folder / "pieces" / name / (name.string() + "-violin.wav");
  fs::create_directories(place.folder / "mine" / name);
  fs::copy_file(stem, place.folder / "mine" / name / "violin.wav");
  fs::copy_file(stem, place.folder / "mine" / name / stem.filename());
  const std::string eval = "sep-eval --references pieces --estimates mine --out tables";
  place.refuse(eval, {"two files for violin", "mine/" + name.string() + "/violin.wav"});
  // One file under two names is one.
  fs::remove(place.folder / "mine" / name / "violin.wav");
  fs::create_symlink(stem.filename(), place.folder / "mine" / name / "violin.wav");
  place.succeed(eval);
}

TEST_CASE("checkpoints that tables cannot tell apart are refused", "[end_to_end][eval]") {
  const Workplace place;
  const std::string data = " --data pieces --out tables";
  place.refuse("sep-eval run/fold-0*/violin/best.safetensors" + data,
               {"run/fold-01/violin/best.safetensors and run/fold-02/violin", "violin"});
  place.succeed("sep-eval run/fold-01/*/best.safetensors" + data);
  CHECK(place.table("tables/scores.csv").rows.size() == 2 * 2 * 3);
}

TEST_CASE("options that do not go together are refused", "[end_to_end][eval]") {
  const Workplace place;
  fs::create_directories(place.folder / "stems");
  const std::string folder = "sep-eval --references pieces --estimates stems --out tables ";
  place.refuse("sep-eval run --instrument violin --out tables", {"--instrument", "run"});
  place.refuse(folder + "--instrument violin", {"--instrument"});
  place.refuse(folder + "--data pieces", {"--data"});
  place.refuse(folder, {"stems", "no estimate"});
  place.refuse("sep-eval run --device abacus --out tables", {"--device", "abacus"});
}

TEST_CASE("a run is evaluated on the device that is here", "[end_to_end][eval]") {
  const Workplace place;
  place.succeed("sed -i 's/device: cpu/device: cuda/' run/config.yaml");
  const auto result = place.succeed("sep-eval run --device cpu");
  CHECK(result.err.find("run: trained on cuda, evaluated on cpu") != std::string::npos);
  place.succeed("sed -i 's/device: cuda/device: cpu/' run/config.yaml");
  const auto same = place.succeed("sep-eval run --device cpu");
  CHECK(same.err.find("trained on") == std::string::npos);
}

TEST_CASE("what is not finished is said", "[end_to_end][eval]") {
  const Workplace place;
  const auto of_two = place.succeed("sep-eval run");
  CHECK(of_two.err.find("not finished") == std::string::npos);
  CHECK(of_two.out.find("Incomplete: violin 2 of 3 folds, bassoon 2 of 3 folds.") !=
        std::string::npos);
  place.succeed("sed -i '$d' run/fold-02/violin/history.csv");
  const auto result = place.succeed("sep-eval run --report");
  CHECK(result.err.find(
            "run: fold 2 violin: not finished, scored by its best epoch so far") !=
        std::string::npos);
  const std::string remark = "Incomplete: violin 1 of 3 folds, bassoon 2 of 3 folds.";
  CHECK(read_text(place.folder / "run/eval/summary.md").find(remark) != std::string::npos);
  CHECK(read_text(place.folder / "run/eval/report/index.html").find(remark) !=
        std::string::npos);
}

TEST_CASE("an interrupt ends sep-eval, and nothing is half-written", "[end_to_end][eval]") {
  const Workplace place;
  const auto interrupt = [&](const std::string& line, const std::string& mark) {
    const auto result = interrupt_command(line, mark, place.folder.path());
    INFO(line << "\n" << result.out << result.err);
    CHECK(result.code == 130);
    CHECK(result.out.empty());
    CHECK(result.err.find("\ninterrupted\n") != std::string::npos);
    CHECK(result.err.find("error") == std::string::npos);
  };
  interrupt("sep-eval run --oracles --out tables", "^Small: ");
  CHECK_FALSE(fs::exists(place.folder / "tables"));
  interrupt(
      "sep-eval run/fold-01/violin/best.safetensors --data pieces --oracles "
      "--out tables",
      "^Small: ");
  CHECK_FALSE(fs::exists(place.folder / "tables"));
  interrupt("sep-eval run --oracles --report --out tables", "^Small: ");
  CHECK_FALSE(fs::exists(place.folder / "tables"));
}

TEST_CASE("pages of an earlier evaluation stay until the next ones are whole",
          "[end_to_end][eval]") {
  const Workplace place;
  place.succeed("sep-eval run --report --out tables");
  const auto wanted = contents(place.folder / "tables/report");
  CHECK(wanted.size() == 3);  // the index and two pieces
  const auto result = interrupt_command(
      "sep-eval run --oracles --report --out tables", "^Small: ", place.folder.path());
  CHECK(result.code == 130);
  CHECK(contents(place.folder / "tables/report") == wanted);
}

TEST_CASE("where no estimate could be scored it ends in 1", "[end_to_end][eval]") {
  const Workplace place;
  const auto name = fs::directory_iterator(place.folder / "pieces")->path().filename();
  const auto violin = place.folder / "mine" / name / "violin.wav";
  fs::create_directories(violin.parent_path());
  sep::write_audio(violin, sep::make_silence(1, 1000, 44100), sep::SampleFormat::kInt16);
  const std::string eval = "sep-eval --references pieces --estimates mine --out tables";
  const auto result = place.run(eval);
  INFO(result.err);
  CHECK(result.code == 1);
  CHECK(result.err.find("no estimate could be scored") != std::string::npos);
  CHECK(place.table("tables/scores.csv").rows.size() == 3 * 4 + 1);
  // With one that can be, it is as before.
  fs::copy_file(place.folder / "pieces" / name / (name.string() + ".wav"),
                place.folder / "mine" / name / "bassoon.wav");
  place.succeed(eval);
}

TEST_CASE("estimates of two separations are said", "[end_to_end][eval]") {
  const Workplace place;
  const auto name = fs::directory_iterator(place.folder / "pieces")->path().filename();
  const auto song = "pieces/" + name.string() + "/" + name.string() + ".wav";
  const auto stems = place.folder / "mine" / name;
  const std::string eval = "sep-eval --references pieces --estimates mine --out tables";
  const auto score = [&] { return place.succeed(eval).err; };
  const std::string words = "do not add up to the mixture: some may be of another";
  const auto format = GENERATE(as<std::string>{}, "wav", "wav24");
  place.succeed("sep-separate --model run '" + song + "' --out mine --format " + format);
  CHECK(score().find(words) == std::string::npos);
  // As copied from elsewhere, or by a libsep that left earlier parts where they were.
  fs::copy_file(stems / "bassoon.wav", place.folder / "bassoon.wav");
  place.succeed("sep-separate --model run '" + song + "' --out mine --instrument violin");
  CHECK(score().find(words) == std::string::npos);
  fs::copy_file(place.folder / "bassoon.wav", stems / "bassoon.wav");
  CHECK(score().find("mine/" + name.string() +
                     ": bassoon.wav, violin.wav and remainder.wav " + words) !=
        std::string::npos);
}

TEST_CASE("a folder of estimates is scored as far as it goes", "[end_to_end][eval]") {
  const Workplace place;
  const auto name = fs::directory_iterator(place.folder / "pieces")->path().filename();
  fs::create_directories(place.folder / "mine" / name);
  fs::copy_file(place.folder / "pieces" / name / (name.string() + ".wav"),
                place.folder / "mine" / name / "violin.wav");
  const std::string eval = "sep-eval --references pieces --out tables --estimates ";
  place.succeed(eval + "mine/");
  const auto scores = place.table("tables/scores.csv");
  for (const auto& row : scores.rows) {
    CHECK(row[scores.column("model")] == "mine");
    CHECK(row[scores.column("seed")].empty());
    CHECK(row[scores.column("fold")].empty());
  }
  std::ofstream(place.folder / "mine" / name / "bassoon.wav") << "no audio";
  const auto result =
      place.run("cd mine && sep-eval --references ../pieces --out ../tables --estimates .");
  INFO(result.err);
  CHECK(result.code == 1);
  CHECK(result.err.find("bassoon.wav: ") != std::string::npos);
  const auto again = place.table("tables/scores.csv");
  CHECK(again.rows.size() == scores.rows.size() + 1);
  CHECK(again.rows[0][again.column("model")] == "mine");
}

TEST_CASE("further metrics have tables of their own", "[end_to_end][eval][metric]") {
  const Workplace place;
  place.succeed("sep-eval run --out plain");
  const auto result = place.succeed(
      "sep-eval run --out tables --frames --metrics si,bss_v3,bss_images,bss_v4");
  for (const char* name : {"tables/metrics.csv\n", "tables/frames.csv\n"}) {
    CHECK(result.out.find(name) != std::string::npos);
  }
  CHECK(result.out.find("### BSS Eval v3, images") != std::string::npos);
  CHECK(read_text(place.folder / "plain/scores.csv") ==
        read_text(place.folder / "tables/scores.csv"));
  const auto scores = place.table("tables/scores.csv");
  const auto metrics = place.table("tables/metrics.csv");
  CHECK(metrics.rows.size() == scores.rows.size() * (3 + 4 + 4));
  for (const auto& row : metrics.rows) CHECK(row[metrics.column("status")] == "ok");
  const auto frames = place.table("tables/frames.csv");
  // 20 s: one frame of v3, 20 of v4.
  CHECK(frames.rows.size() == scores.rows.size() * (3 + 4 + 4 * 20));

  const auto name = fs::directory_iterator(place.folder / "pieces")->path().filename();
  fs::create_directories(place.folder / "theirs" / name);
  fs::copy_file(place.folder / "pieces" / name / (name.string() + ".wav"),
                place.folder / "theirs" / name / "violin.wav");
  place.succeed(
      "sep-eval --references pieces --estimates theirs --out theirs_eval --metrics bss_v3");
  const auto theirs = place.table("theirs_eval/metrics.csv");
  CHECK(theirs.rows[0][theirs.column("model")] == "theirs");
  CHECK_FALSE(fs::exists(place.folder / "theirs_eval/frames.csv"));
  place.succeed(
      "sep-eval run/fold-01/violin/best.safetensors --data pieces --out single --metrics "
      "bss_images");
  CHECK(place.table("single/metrics.csv").rows.size() == 3 * 2 * 4);
}

TEST_CASE("metrics that there are not are refused first", "[end_to_end][eval][metric]") {
  const Workplace place;
  place.refuse("sep-eval run --out tables --metrics si,bss_v5", {"bss_v5", "bss_v4"});
  place.refuse("sep-eval run --out tables --frames", {"--frames", "--metrics"});
  const auto help = place.succeed("sep-eval --help").out;
  CHECK(help.find("--metrics") != std::string::npos);
  CHECK(help.find("bss_v3,bss_images,bss_v4") != std::string::npos);
  const auto kinds = place.succeed("sep-train --kinds").out;
  CHECK(kinds.find("\nmetric\n") != std::string::npos);
  CHECK(kinds.find("filter_length") != std::string::npos);
  place.refuse("sep-eval run --out tables --metrics '[{type: bss_v4, hop: 1}]'",
               {"metrics[0].hop"});
  std::ofstream(place.folder / "small.yaml") << kConfig;
  place.refuse(
      "sep-train small.yaml --data pieces --out other --set train.choose_by=bss_v3.sd",
      {"train.choose_by", "bss_v3.sdr"});
}

TEST_CASE("the best epoch is chosen by any metric", "[end_to_end][eval][metric]") {
  const Workplace place;
  std::ofstream(place.folder / "small.yaml") << kConfig;
  place.succeed(
      "sep-train small.yaml --data pieces --out other --folds 1 --instruments violin "
      "--set train.choose_by=bss_images.sdr");
  CHECK(
      read_text(place.folder / "other/fold-01/violin/history.csv").find("bss_images.sdr") !=
      std::string::npos);
}

TEST_CASE("a dataset of another rate is named with the model",
          "[end_to_end][eval][failure]") {
  const Workplace place;
  write_pieces(place.folder / "slow", 3, 20.0, 22050);
  place.refuse("sep-eval run/fold-01/violin/best.safetensors --data slow --out tables",
               {"run/fold-01/violin/best.safetensors: wants 44100 Hz, the dataset slow has "
                "22050 Hz"});
  place.refuse(
      "sep-eval run --data slow --out tables",
      {"run/manifest.yaml: the run began on another dataset: ", " found in slow "});
}

TEST_CASE("a tensor that a model lacks is named", "[end_to_end][eval][failure]") {
  const Workplace place;
  const std::string path = "run/fold-01/violin/best.safetensors";
  auto model = sep::read_checked_safetensors(place.folder / path);
  model.tensors.erase("recurrent_stack.rnn.bias_hh_l1_reverse");
  sep::write_checked_safetensors(place.folder / path, model);
  const auto result = place.run("sep-eval run --out tables");
  INFO(result.err);
  CHECK(result.code == 2);
  CHECK(result.err.find("error: " + path +
                        ": tensor recurrent_stack.rnn.bias_hh_l1_reverse is missing\n") !=
        std::string::npos);
  CHECK_FALSE(fs::exists(place.folder / "tables"));
}

TEST_CASE("models are compared piece by piece", "[end_to_end][eval]") {
  const Workplace place;
  place.succeed("cp -r run other && sed -i 's/Small/Other/' other/config.yaml");
  place.succeed("sep-eval run other --compare --out tables");
  const auto table = place.table("tables/comparison.csv");
  CHECK_FALSE(table.rows.empty());
  // The same models: no difference anywhere.
  for (const auto& row : table.rows) {
    CHECK(std::stod(row[table.column("mean_difference_db")]) == 0.0);
  }
  fs::remove_all(place.folder / "tables");
  place.refuse("sep-eval run --compare --out tables", {"--compare"});
}

TEST_CASE("runs of several seeds are trained at once", "[end_to_end][eval]") {
  const Workplace place;
  std::ofstream(place.folder / "small.yaml") << kConfig;
  const std::string train = "sep-train small.yaml --data pieces --folds 1 ";
  place.succeed(train + "--instruments violin --out all --seeds 0,2");
  place.succeed(train + "--instruments violin --out alone --seed 2");
  CHECK(contents(place.folder / "all-seed2/fold-01") ==
        contents(place.folder / "alone/fold-01"));
  CHECK_FALSE(fs::exists(place.folder / "all-seed1"));
  CHECK_FALSE(fs::exists(place.folder / "all"));
  place.succeed("sep-eval all-seed0 all-seed2 --out tables");
  const auto table = place.table("tables/seeds.csv");
  REQUIRE_FALSE(table.rows.empty());
  for (const auto& row : table.rows) CHECK(row[table.column("num_seeds")] == "2");
  fs::remove_all(place.folder / "tables");

  place.refuse(train + "--out more --seeds 0-2 --seed 1", {"--seed or --seeds"});
  place.refuse(train + "--out more --seeds 3-1", {"--seeds 3-1", "0-4,7"});
  place.refuse(train + "--out more --seeds 0-100", {"at most 100"});
  place.refuse(train + "--out more --seeds 0-1000000000", {"at most 100"});
  // Another's is left alone, and so is what would have been begun anew before it.
  const auto before = contents(place.folder / "all-seed0/fold-01");
  place.refuse("exec 9> all-seed2/.lock && flock 9 && " + train +
                   "--instruments violin --out all --seeds 0,2 --fresh",
               {"all-seed2", "in use"});
  CHECK(contents(place.folder / "all-seed0/fold-01") == before);
  // One that is in the way is said before any is trained.
  std::ofstream(place.folder / "more-seed1") << "a file";
  place.refuse(train + "--out more --seeds 0-1", {"more-seed1"});
  CHECK_FALSE(fs::exists(place.folder / "more-seed0"));
}
