// Trainings on Bach10 that are killed at random moments and taken up again.
#include <fmt/format.h>

#include <chrono>

#include "libsep/core/random.h"
#include "tests/support/workplace.h"

namespace {

namespace fs = std::filesystem;

double seconds_of(const std::string& line, const fs::path& folder) {
  const auto start = std::chrono::steady_clock::now();
  const auto result = run_command(line, folder);
  INFO(line << "\n" << result.err);
  REQUIRE(result.code == 0);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("trainings killed at random moments end with the same bytes",
          "[end_to_end][long]") {
  const auto bach10 = bach10_root();
  if (bach10.empty()) SEP_SKIP("Bach10 is not here");
  // Model A as it is, and one with dropout that saves its state after each of its epochs.
  const std::string settings =
      GENERATE("model_a.yaml",
               "model_b.yaml --set train.num_epochs=4 --set train.iterations_per_epoch=3");
  const TemporaryFolder folder;
  const auto train = fmt::format(
      "sep-train '{}/configs/'{} --data '{}' --folds 1 --instruments violin,bassoon --out ",
      LIBSEP_SOURCE_DIR,
      settings,
      bach10.string());
  seconds_of(train + "warm-up", folder.path());  // fills the cache of rendered stems
  const double whole = seconds_of(train + "whole", folder.path());
  const auto wanted = contents(folder / "whole");

  const uint64_t seed = 20261123;
  sep::RandomStream random(seed, "kills", {static_cast<int64_t>(settings.size())});
  int kills = 0;
  int stops = 0;
  for (int run = 1; kills < 18; ++run) {
    REQUIRE(run < 200);
    const auto name = fmt::format("run-{}", run);
    for (int code = -1; code != 0;) {
      // Two of three by SIGKILL; the third by SIGINT, which saves first.
      const bool gently = random.index(3) == 0;
      const auto result = run_command(
          fmt::format("{} {} & pid=$!; sleep {:.3f}; kill -{} $pid 2>/dev/null; wait $pid",
                      train,
                      name,
                      random.uniform(0.05, 1.1) * whole,
                      gently ? "INT" : "KILL"),
          folder.path());
      code = result.code;
      INFO(result.err);
      REQUIRE((code == 0 || code == 137 || code == 130));
      kills += code == 137 ? 1 : 0;
      stops += code == 130 ? 1 : 0;
    }
    const auto found = contents(folder / name);
    for (const auto& [file, bytes] : wanted) {
      INFO(file);
      CHECK((found.count(file) == 1 && found.at(file) == bytes));
    }
    CHECK(found.size() == wanted.size());
    fs::remove_all(folder / name);
  }
  fmt::print("{}: {} kills and {} interrupts, done\n", settings, kills, stops);
}
