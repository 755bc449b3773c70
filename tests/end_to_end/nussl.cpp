// Checkpoints of nussl, by the commands.
#include "libsep/core/csv.h"
#include "libsep/core/safetensors.h"
#include "tests/support/catch.h"
#include "tests/support/command.h"
#include "tests/support/pieces.h"

namespace {

const std::string kModel =
    "'" LIBSEP_SOURCE_DIR "/tests/golden/nussl_mask_inference_h50_l2.model.pth' ";

}  // namespace

TEST_CASE("a nussl checkpoint becomes one of ours, and both score alike", "[end_to_end]") {
  const TemporaryFolder folder;
  write_pieces(folder / "pieces", 3, 2.0);
  const auto import = run_command(
      "sep-data import-nussl " + kModel + "violin.safetensors --instrument violin",
      folder.path());
  INFO(import.err);
  REQUIRE(import.code == 0);
  const auto file = sep::read_safetensors(folder / "violin.safetensors");
  CHECK(file.at("embedding.linear.weight").shape == std::vector<int64_t>{257, 100});

  const std::string eval = " --data pieces --threads 1 --out ";
  const auto ours =
      run_command("sep-eval violin.safetensors" + eval + "ours", folder.path());
  const auto theirs = run_command(
      "sep-eval " + kModel + "--instrument violin" + eval + "theirs", folder.path());
  INFO(ours.err << theirs.err);
  REQUIRE(ours.code == 0);
  REQUIRE(theirs.code == 0);
  const auto a = sep::read_csv(folder / "ours" / "scores.csv");
  const auto b = sep::read_csv(folder / "theirs" / "scores.csv");
  REQUIRE(a.rows.size() == 3 * 2);  // pieces; the model and doing nothing
  REQUIRE(b.rows.size() == a.rows.size());
  for (size_t i = 0; i < a.rows.size(); ++i) {
    CHECK(a.rows[i][a.column("si_sdr_db")] == b.rows[i][b.column("si_sdr_db")]);
  }
}

TEST_CASE("a model is told by its first bytes, whatever it is called", "[end_to_end]") {
  const TemporaryFolder folder;
  write_pieces(folder / "pieces", 3, 1.0);
  const auto run = [&](const std::string& line) {
    const auto result = run_command(line, folder.path());
    INFO(line << "\n" << result.err);
    CHECK(result.code == 0);
    return result;
  };
  run("cp pieces/01-*/01-Synthetic.wav song.wav");
  run("sep-data import-nussl " + kModel + "violin.safetensors --instrument violin");
  run("sep-separate --model violin.safetensors song.wav --out wanted");
  const auto wanted = read_text(folder / "wanted/song/violin.wav");
  CHECK_FALSE(wanted.empty());
  for (const std::string name : {"m.pt", "m.ckpt", "m.PTH", "m.safetensors", "m"}) {
    run("cp " + kModel + name);
    run("sep-separate --model " + name + " song.wav --instrument violin --out " + name +
        ".out");
    CHECK(read_text(folder / (name + ".out") / "song/violin.wav") == wanted);
  }
  for (const std::string name : {"ours.pth", "ours.pt", "ours"}) {
    run("cp violin.safetensors " + name);
    run("sep-separate --model " + name + " song.wav --out " + name + ".out");
    CHECK(read_text(folder / (name + ".out") / "song/violin.wav") == wanted);
  }
  run("sep-eval m.pt --instrument violin --data pieces --out tables");
}

TEST_CASE("what is no nussl checkpoint is one line and exit 2", "[end_to_end][failure]") {
  const TemporaryFolder folder;
  std::ofstream(folder / "text.pth") << "not a zip";
  for (const std::string& line : std::vector<std::string>{
           "sep-data import-nussl text.pth out.safetensors",
           "sep-data import-nussl absent.pth out.safetensors",
           "sep-data import-nussl " + kModel + "out.bin",
           "sep-eval " + kModel + "--data . --out tables",
           "sep-eval text.pth --instrument violin --data . --out tables"}) {
    const auto result = run_command(line, folder.path());
    INFO(line << "\n" << result.err);
    CHECK(result.code == 2);
    CHECK(count_lines(result.err) == 1);
    CHECK_FALSE(std::filesystem::exists(folder / "out.safetensors"));
    CHECK_FALSE(std::filesystem::exists(folder / "tables"));
  }
}
