#include "libsep/mixing/mixture_files.h"

#include <fmt/ranges.h>

#include <cmath>
#include <cstdlib>
#include <fstream>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/datasets.h"
#include "tests/support/told_progress.h"

namespace {

namespace fs = std::filesystem;

const sep::Fold kFold{4, {0, 1}, {2}, {}};

/// Keeps the notes.
class Notes : public sep::Progress {
 public:
  void note(const std::string& line) override { lines.push_back(line); }
  std::vector<std::string> lines;
};

double number(const sep::CsvTable& table, size_t row, const std::string& column) {
  return std::strtod(table.rows.at(row).at(table.column(column)).c_str(), nullptr);
}

}  // namespace

TEST_CASE("a fold's mixtures are written as 24-bit FLAC", "[data][mixture_files]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 3);
  auto options = small_mixture_options();
  options.first_seed = 98;
  const sep::MixtureRenderer renderer(dataset, options);
  Notes notes;
  const auto out = folder / "out";
  sep::write_mixtures(out, renderer, kFold, 0, 2, notes);
  CHECK(notes.lines.empty());
  const auto fold = renderer.render_fold(kFold, 1);
  const auto check_part = [&](const std::string& part,
                              const std::vector<sep::Mixture>& mixtures) {
    size_t num_folders = 0;
    for (const auto& entry : fs::directory_iterator(out / part)) {
      num_folders += entry.is_directory() ? 1 : 0;
    }
    CHECK(num_folders == mixtures.size());
    for (const auto& mixture : mixtures) {
      const auto place = out / part / fmt::format("seed-{:02}", mixture.draw.seed);
      auto signals = mixture.stems;
      signals["mixture"] = mixture.mixture;
      for (const auto& [name, signal] : signals) {
        CHECK(sep::read_audio_info(place / (name + ".flac")).format == "FLAC, 24 bit");
        const auto written = sep::read_audio(place / (name + ".flac"));
        REQUIRE(written.samples.size() == signal.samples.size());
        for (size_t n = 0; n < signal.samples.size(); ++n) {
          // Half a step of 2^-23.
          REQUIRE(std::abs(double(written.samples[n]) - double(signal.samples[n])) <=
                  0.5 / 8388608.0);
        }
      }
    }
  };
  check_part("train", fold.train);
  check_part("valid", fold.validation);
}

TEST_CASE("draws.csv has the draws to the last bit", "[data][mixture_files]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 3);
  const sep::MixtureRenderer renderer(dataset, small_mixture_options());
  sep::Progress silent;
  sep::write_mixtures(folder / "out", renderer, kFold, 0, 1, silent);
  const auto table = sep::read_csv(folder / "out" / "draws.csv");
  CHECK(table.header == std::vector<std::string>{"fold",
                                                 "part",
                                                 "seed",
                                                 "piece",
                                                 "source_time",
                                                 "event_duration",
                                                 "pitch_shift",
                                                 "time_stretch",
                                                 "snr_bassoon",
                                                 "snr_clarinet",
                                                 "snr_saxphone",
                                                 "snr_violin"});
  auto draws = renderer.draw_train(kFold);
  const auto validation = renderer.draw_validation(kFold);
  draws.insert(draws.end(), validation.begin(), validation.end());
  REQUIRE(table.rows.size() == draws.size());
  for (size_t i = 0; i < draws.size(); ++i) {
    CHECK(table.rows[i][0] == "4");
    CHECK(table.rows[i][1] == (i < 7 ? "train" : "valid"));
    CHECK(number(table, i, "seed") == double(draws[i].seed));
    CHECK(table.rows[i][3] == draws[i].piece);
    CHECK(number(table, i, "source_time") == draws[i].source_time);
    CHECK(number(table, i, "event_duration") == draws[i].event_duration);
    CHECK(number(table, i, "pitch_shift") == draws[i].pitch_shift);
    CHECK(number(table, i, "time_stretch") == draws[i].time_stretch);
    for (const auto& [stem, snr_db] : draws[i].snr) {
      CHECK(number(table, i, "snr_" + stem) == snr_db);
    }
  }
}

TEST_CASE("options in use have columns", "[data][mixture_files]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 3);
  auto options = small_mixture_options();
  options.coherent = false;
  options.gain_db = {-6.0, 0.0};
  options.drop_stem_chance = 0.5;
  options.renew_each_epoch = true;
  const sep::MixtureRenderer renderer(dataset, options);
  sep::Progress silent;
  sep::write_mixtures(folder / "out", renderer, kFold, 2, 2, silent);
  const auto table = sep::read_csv(folder / "out" / "draws.csv");
  CHECK(table.header.size() == 12 + 2 + 4 * 5);
  const auto draws = renderer.draw_train(kFold, 2);
  for (size_t i = 0; i < draws.size(); ++i) {
    CHECK(number(table, i, "seed") == double(14 + i));
    CHECK(table.rows[i][table.column("piece")].empty());
    CHECK(number(table, i, "gain_db") == draws[i].gain_db);
    CHECK(table.rows[i][table.column("dropped")] ==
          fmt::format("{}", fmt::join(draws[i].dropped, "+")));
    CHECK(table.rows[i][table.column("piece_violin")] == draws[i].event("violin").piece);
    CHECK(number(table, i, "pitch_shift_bassoon") == draws[i].event("bassoon").pitch_shift);
  }
  CHECK(table.rows[7][table.column("piece")] == "piece-2");  // validation is coherent
  CHECK(table.rows[7][table.column("piece_violin")] == "piece-2");
}

// Stems in pairs of opposite sign: loud, and nothing in sum.
TEST_CASE("what is clipped in a file is said", "[data][mixture_files]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 3);
  for (const auto& piece : dataset.pieces) {
    for (const auto& [from, to] :
         {std::pair("bassoon", "violin"), std::pair("clarinet", "saxphone")}) {
      auto signal = sep::read_audio(path_of(piece, from));
      for (float& value : signal.samples) value = -value;
      sep::write_audio(path_of(piece, to), signal, sep::SampleFormat::kInt16);
    }
  }
  auto options = small_mixture_options();
  options.num_train = options.num_validation = 1;
  options.snr_db = {0.0, 0.0};
  options.reference_lufs = 0.0;
  Notes notes;
  sep::write_mixtures(
      folder / "out", sep::MixtureRenderer(dataset, options), kFold, 0, 1, notes);
  REQUIRE(notes.lines.size() == 8);
  for (const auto& line : notes.lines) {
    CHECK(fs::exists(line.substr(0, line.find(": "))));  // not where it was written
    CHECK(line.find("above full scale are clipped") != std::string::npos);
    CHECK(line.find("mixture.flac") == std::string::npos);
  }
}

TEST_CASE("a folder in use is not written to", "[data][mixture_files][failure]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 3);
  const sep::MixtureRenderer renderer(dataset, small_mixture_options());
  sep::Progress silent;
  fs::create_directories(folder / "out");
  std::ofstream(folder / "out" / ".hidden") << "x";
  sep::write_mixtures(folder / "out", renderer, kFold, 0, 1, silent);
  try {
    sep::write_mixtures(folder / "out", renderer, kFold, 0, 1, silent);
    FAIL("written over");
  } catch (const sep::Error& error) {
    CHECK(std::string(error.what()).find("wants a new or empty folder") !=
          std::string::npos);
  }
}

TEST_CASE("mixtures that are stopped leave nothing", "[data][mixture_files][failure]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 3);
  ToldProgress told(2);
  const sep::MixtureRenderer renderer(dataset, small_mixture_options());
  CHECK_THROWS_AS(sep::write_mixtures(folder / "out", renderer, kFold, 0, 1, told),
                  sep::Interrupted);
  CHECK_FALSE(fs::exists(folder / "out"));
  fs::create_directories(folder / "old");
  ToldProgress at_once(0);
  const sep::MixtureRenderer stopped(
      dataset, small_mixture_options(), nullptr, [&] { return at_once.stop_requested(); });
  CHECK_THROWS_AS(sep::write_mixtures(folder / "old", stopped, kFold, 0, 1, at_once),
                  sep::Interrupted);
  CHECK(fs::is_empty(folder / "old"));
}
