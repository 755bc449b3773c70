// Datasets verified, mixtures written, and what trainings make of the options on them.
#include <algorithm>
#include <fstream>
#include <map>

#include "libsep/core/csv.h"
#include "tests/support/pieces.h"
#include "tests/support/workplace.h"

namespace {

namespace fs = std::filesystem;

const char* const kConfig = R"(title: Small
stft: {window_length: 256, hop_length: 128}
mixtures: {num_train: 3, num_validation: 2, seconds: 1, max_source_seconds: 1}
model: {hidden_size: 4}
train: {batch_size: 2, iterations_per_epoch: 3, num_epochs: 2, learning_rate: 0.01}
)";

struct Workplace : CommandPlace {
  Workplace() {
    write_pieces(folder / "pieces", 4, 2.0);
    std::ofstream(folder / "small.yaml") << kConfig;
  }

  /// Every file of a run but clock times and settings, by path.
  std::map<std::string, std::string> results(const std::string& name) const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder / name)) {
      const auto path = fs::relative(entry.path(), folder / name).string();
      if (entry.is_regular_file() && path.rfind("fold-", 0) == 0) {
        files[path] = read_text(entry.path());
      }
    }
    return files;
  }

  size_t num_kept(const std::string& cache = "cache") const {
    const auto stems = folder / cache / "stems";
    if (!fs::exists(stems)) return 0;
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(stems), fs::directory_iterator()));
  }
};

}  // namespace

TEST_CASE("sep-data mixtures writes stems, mixtures and draws", "[end_to_end]") {
  const Workplace place;
  const auto result =
      place.succeed("sep-data mixtures small.yaml --fold 2 --data pieces --out made");
  CHECK(result.out == "made/draws.csv\n");
  const auto table = sep::read_csv(place.folder / "made/draws.csv");
  REQUIRE(table.rows.size() == 5);
  CHECK(table.rows[0][table.column("fold")] == "2");
  for (const char* name : {"mixture", "bassoon", "clarinet", "saxphone", "violin"}) {
    CHECK(fs::exists(place.folder / "made/train/seed-02" / (std::string(name) + ".flac")));
    CHECK(fs::exists(place.folder / "made/valid/seed-01" / (std::string(name) + ".flac")));
  }
  const auto again =
      place.run("sep-data mixtures small.yaml --fold 2 --data pieces --out made");
  CHECK(again.code == 2);
  CHECK(again.err.find("made: wants a new or empty folder") != std::string::npos);
  for (const char* fold : {"0", "5", "all", "1-2", "x"}) {
    INFO(fold);
    const auto wrong = place.run(
        "sep-data mixtures small.yaml --data pieces --out x --fold " + std::string(fold));
    CHECK(wrong.code == 2);
    CHECK(count_lines(wrong.err) == 1);
    CHECK_FALSE(fs::exists(place.folder / "x"));
  }
}

TEST_CASE("sep-data verify reports, and ends with 2 where there are faults",
          "[end_to_end]") {
  const Workplace place;
  const auto sound = place.succeed("sep-data verify pieces --csv files.csv");
  CHECK(sound.out.find("4 pieces, 0:08, 44100 Hz") != std::string::npos);
  CHECK(sound.out.find("no faults") != std::string::npos);
  const auto table = sep::read_csv(place.folder / "files.csv");
  CHECK(table.rows.size() == 20);
  for (const auto& row : table.rows) {
    CHECK(row[table.column("num_samples")] == "88200");
    CHECK(row[table.column("silent")] == "0");
    CHECK((row[table.column("stem")] == "mixture") ==
          !row[table.column("residual_db")].empty());
  }
  const auto piece = fs::directory_iterator(place.folder / "pieces")->path();
  fs::remove(piece / (piece.filename().string() + "-violin.wav"));
  const auto faulty = place.run("sep-data verify pieces");
  CHECK(faulty.code == 2);
  CHECK(faulty.out.find("-violin.wav: missing") != std::string::npos);
  CHECK(faulty.out.find("1 fault") != std::string::npos);
  CHECK(place.run("sep-data verify absent").code == 2);
  CHECK(place.run("sep-data verify pieces --layout odd").code == 2);
}

TEST_CASE("sep-data ends where it is interrupted", "[end_to_end]") {
  const Workplace place;
  const auto made = interrupt_command(
      "sep-data synthesize --kind tones --pieces 90 --seconds 20 --out made",
      "^synthesizing: ",
      place.folder.path());
  const auto mixed = interrupt_command(
      "sep-data mixtures small.yaml --data pieces --fold 1 --out mixed "
      "--set mixtures.num_train=200",
      "^writing: ",
      place.folder.path());
  for (const auto& result : {made, mixed}) {
    INFO(result.err);
    CHECK(result.code == 130);
    CHECK(result.out.empty());
    CHECK(result.err.find("\ninterrupted\n") != std::string::npos);
    CHECK(result.err.find("error") == std::string::npos);
  }
  CHECK_FALSE(fs::exists(place.folder / "made"));
  CHECK_FALSE(fs::exists(place.folder / "mixed"));
}

TEST_CASE("a cache changes no byte of a run", "[end_to_end]") {
  const Workplace place;
  const std::string train =
      "sep-train small.yaml --data pieces --folds 1-2 --instruments violin,bassoon ";
  place.succeed(train + "--out without --cache none");
  CHECK(place.num_kept() == 0);
  const auto filling = place.succeed(train + "--out filling");
  CHECK(filling.err.find("rendered stems are kept in") != std::string::npos);
  const auto num_kept = place.num_kept();
  CHECK(num_kept > 20);
  place.succeed(train + "--out filled");
  CHECK(place.num_kept() == num_kept);
  place.succeed(train + "--out elsewhere --cache there");
  CHECK(place.num_kept("there") == num_kept);
  place.succeed(train + "--out bounded --cache small --cache-gb 0.001");
  CHECK((place.num_kept("small") > 0 && place.num_kept("small") < 6));
  const auto expected = place.results("without");
  REQUIRE(expected.size() == 12);
  for (const char* run : {"filling", "filled", "elsewhere", "bounded"}) {
    INFO(run);
    CHECK(place.results(run) == expected);
  }
  // Damaged files are noted, and replaced.
  for (const auto& entry : fs::directory_iterator(place.folder / "cache/stems")) {
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-1000, std::ios::end);
    file.put('x').put('y').put('z');
  }
  const auto damaged = place.succeed(train + "--out damaged");
  CHECK(damaged.err.find("is damaged; rendered anew") != std::string::npos);
  CHECK(place.results("damaged") == expected);
  CHECK(place.succeed(train + "--out mended").err.find("damaged") == std::string::npos);
  CHECK(place.run(train + "--out x --cache small.yaml").code == 2);
}

TEST_CASE("what is beyond the thesis trains, and changes what is learnt", "[end_to_end]") {
  const Workplace place;
  const std::string train =
      "sep-train small.yaml --data pieces --folds 1 --instruments violin ";
  place.succeed(train + "--out plain");
  const auto plain = place.results("plain");
  REQUIRE(plain.size() == 3);
  int index = 0;
  for (const char* option : {"mixtures.coherent=false",
                             "mixtures.gain_db=[-6,-3]",
                             "mixtures.drop_stem_chance=0.6",
                             "mixtures.renew_each_epoch=true",
                             "train.shuffle=true",
                             "train.segment_seconds=0.3"}) {
    INFO(option);
    const auto out = "run-" + std::to_string(index++);
    place.succeed(train + "--out " + out + " --set " + option);
    const auto results = place.results(out);
    REQUIRE(results.size() == 3);
    CHECK(results.at("fold-01/violin/last.safetensors") !=
          plain.at("fold-01/violin/last.safetensors"));
    CHECK(results.at("fold-01/violin/history.csv").find("nan") == std::string::npos);
  }
}

TEST_CASE("new mixtures each epoch go on after an interrupt", "[end_to_end]") {
  const Workplace place;
  const std::string train =
      "sep-train small.yaml --data pieces --folds 1 --instruments violin "
      "--set mixtures.renew_each_epoch=true --set train.num_epochs=8 "
      "--set train.shuffle=true --set train.iterations_per_epoch=20 ";
  place.succeed(train + "--out whole");
  const auto result =
      interrupt_command(train + "--out parts", "^Small: ", place.folder.path());
  INFO(result.err);
  REQUIRE(result.code == 130);
  place.succeed(train + "--out parts");
  CHECK(place.results("parts") == place.results("whole"));
}
