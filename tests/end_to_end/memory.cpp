// A whole cycle, from pieces to a trained run, its tables and pages, and stems of a
// recording, each command under a tool that watches its memory, LibTorch and all.
#include <fstream>

#include "tests/support/workplace.h"

namespace {

using Lines = std::vector<std::pair<std::string, int>>;

const char* const kConfig = R"(title: Small
mixtures: {num_train: 2, num_validation: 1, seconds: 0.5, max_source_seconds: 0.5}
stft: {window_length: 128, hop_length: 32}
model: {hidden_size: 6, num_layers: 2, dropout: 0.2}
train: {batch_size: 2, iterations_per_epoch: 3, num_epochs: 2}
)";

const char* const kPieces =
    "sep-data synthesize --kind tones --out pieces --pieces 4 --seconds 2";

struct Place : CommandPlace {
  Place() { std::ofstream(folder / "small.yaml") << kConfig; }
};

// GCC's leak checker says which threads it looks at, which shows that it ran.
const char* const kCheckLeaks =
    "LSAN_OPTIONS=exitcode=23:log_threads=1 LD_PRELOAD='" LIBSEP_LEAK_CHECKER "' ";

bool has_leak_checker(const Place& place) {
  if (std::string(LIBSEP_LEAK_CHECKER).empty()) return false;
  const auto leaking = place.run(kCheckLeaks + std::string("'" LIBSEP_LEAKING_PROGRAM "'"));
  return leaking.code == 23 && leaking.err.find("4321 byte") != std::string::npos;
}

// Debian's libcpuinfo copies four bytes onto themselves; nothing else is let through.
const char* const kValgrind =
    "valgrind --error-exitcode=23 --num-callers=30 --suppressions='" LIBSEP_SOURCE_DIR
    "/tests/end_to_end/valgrind.supp' ";

}  // namespace

TEST_CASE("from pieces to stems, nothing is leaked", "[end_to_end]") {
  const Place place;
  if (!has_leak_checker(place)) {
    SEP_SKIP("no leak checker here: wants GCC's liblsan.so and the right to trace");
  }
  const Lines lines = {
      {kPieces, 0},
      {"sep-data verify pieces", 0},
      {"sep-data mixtures small.yaml --data pieces --fold 1 --out mixtures", 0},
      {"sep-train small.yaml --data pieces --out run --folds 1 --jobs 2", 0},
      {"sep-train small.yaml --data pieces --out legacy --protocol legacy --folds 1 "
       "--instruments violin --set train.micro_batch_size=1",
       0},
      {"sep-eval run legacy --oracles --report --out tables", 0},
      {"sep-separate --model run pieces/*/*-Synthetic.wav --out stems --report", 0},
      {"sep-train small.yaml --data nowhere --out other", 2},
      {"sep-separate --model run/config.yaml small.yaml", 2}};
  for (const auto& [line, code] : lines) {
    const auto result = place.run(kCheckLeaks + line);
    INFO(line << "\n" << result.err);
    CHECK(result.code == code);
    CHECK(result.err.find("Processing thread") != std::string::npos);
    CHECK(result.err.find("LeakSanitizer: detected") == std::string::npos);
  }
  CHECK(std::filesystem::exists(place.folder / "tables" / "scores.csv"));
  CHECK(std::filesystem::exists(place.folder / "stems" / "01-Synthetic" / "violin.wav"));
}

TEST_CASE("from pieces to stems, valgrind finds nothing", "[.valgrind]") {
  const Place place;
  if (place.run("valgrind --version").code != 0) SEP_SKIP("valgrind is not installed");
  place.succeed(kPieces);
  for (const char* line :
       {"sep-train small.yaml --data pieces --out run --folds 1 --instruments violin",
        "sep-eval run --report",
        "sep-separate --model run pieces/01-Synthetic/01-Synthetic.wav --out stems "
        "--report"}) {
    const auto result = place.run(kValgrind + std::string(line));
    INFO(line << "\n" << result.err);
    CHECK(result.code == 0);
    CHECK(result.err.find("ERROR SUMMARY: 0 errors") != std::string::npos);
    CHECK(result.err.find("definitely lost: 0 bytes") != std::string::npos);
  }
  CHECK(std::filesystem::exists(place.folder / "stems" / "01-Synthetic" / "violin.wav"));
}
