// Against the draws and renderings of the published experiment's own tools
// (docs/protocol.md, "Mixtures"): needs Bach10 and the reference material.
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "libsep/audio/effects.h"
#include "libsep/audio/file.h"
#include "libsep/data/dataset.h"
#include "libsep/data/fold.h"
#include "libsep/mixing/mixer.h"
#include "tests/support/catch.h"
#include "tests/support/datasets.h"
#include "tests/support/paths.h"

namespace {

bool has_reference() { return !bach10_root().empty() && !reference_root().empty(); }

nlohmann::json read_draws() {
  std::ifstream file(reference_root() / "mixtures" / "draws.json");
  return nlohmann::json::parse(file);
}

std::vector<sep::PieceLength> lengths_of(const sep::Dataset& dataset,
                                         const std::vector<size_t>& indices) {
  std::vector<sep::PieceLength> lengths;
  for (const size_t index : indices) {
    const auto& piece = dataset.pieces.at(index);
    lengths.push_back({piece.name, double(piece.num_samples) / double(piece.sample_rate)});
  }
  return lengths;
}

double energy(const sep::Signal& a) {
  double sum = 0.0;
  for (const float value : a.samples) {
    sum += double(value) * double(value);
  }
  return sum;
}

// Energy of reference - gain * estimate against the reference's, dB.
double residual_db(const sep::Signal& reference, const sep::Signal& estimate, double gain) {
  double sum = 0.0;
  for (size_t i = 0; i < reference.samples.size(); ++i) {
    const double rest = double(reference.samples[i]) - gain * double(estimate.samples[i]);
    sum += rest * rest;
  }
  return 10.0 * std::log10(sum / energy(reference));
}

double best_gain(const sep::Signal& reference, const sep::Signal& estimate) {
  double product = 0.0;
  for (size_t i = 0; i < reference.samples.size(); ++i) {
    product += double(reference.samples[i]) * double(estimate.samples[i]);
  }
  return product / energy(estimate);
}

void check_stem(const std::string& name, const sep::Signal& stem) {
  const auto reference = sep::read_audio(reference_root() / "mixtures" / (name + ".flac"));
  REQUIRE(stem.num_samples() == reference.num_samples());
  const double gain = best_gain(reference, stem);
  const double plain_db = residual_db(reference, stem, 1.0);
  const double scaled_db = residual_db(reference, stem, gain);
  std::printf("%s: residual %.1f dB, %.1f dB after a gain of %.3f dB\n",
              name.c_str(),
              plain_db,
              scaled_db,
              20.0 * std::log10(gain));
  CHECK(plain_db < -40.0);
  CHECK(scaled_db < -80.0);
}

}  // namespace

TEST_CASE("every draw is the published one to the last bit", "[data][mixer][reference]") {
  if (!has_reference()) {
    SEP_SKIP("no Bach10 or no reference material");
  }
  const auto dataset = sep::open_dataset(bach10_root());
  const auto folds = sep::leave_one_out(dataset.pieces.size());
  const std::vector<sep::StemName> stems = {"bassoon", "clarinet", "saxphone", "violin"};
  const auto draws = read_draws();
  REQUIRE(draws.size() == 200);
  for (const auto& expected : draws) {
    const auto& fold = folds.at(expected.at("fold").get<size_t>() - 1);
    const bool train = expected.at("part") == "train";
    const auto draw =
        sep::draw_mixture({},
                          lengths_of(dataset, train ? fold.train : fold.validation),
                          stems,
                          expected.at("seed").get<uint32_t>());
    CAPTURE(fold.index, train, draw.seed);
    CHECK(draw.piece == expected.at("piece"));
    CHECK(draw.source_time == expected.at("source_time").get<double>());
    CHECK(draw.event_duration == expected.at("event_duration").get<double>());
    CHECK(draw.pitch_shift == expected.at("pitch_shift").get<double>());
    CHECK(draw.time_stretch == expected.at("time_stretch").get<double>());
    CHECK(draw.snr == expected.at("snr").get<std::map<std::string, double>>());
  }
}

// What is left without a gain is the loudness meters' difference, some 0.05 LU: -45 dB.
// After the gain it is the rounding of the reference files to 24 bits.
TEST_CASE("rendered stems are the published ones", "[data][mixer][reference]") {
  if (!has_reference()) {
    SEP_SKIP("no Bach10 or no reference material");
  }
  if (!sep::has_sox_effects()) {
    SEP_SKIP("built without libsox");
  }
  const auto dataset = sep::open_dataset(bach10_root());
  const auto fold = sep::leave_one_out(dataset.pieces.size()).at(0);
  const std::vector<sep::StemName> stems = {"bassoon", "clarinet", "saxphone", "violin"};
  const uint32_t seed = GENERATE(0U, 3U);
  const auto draw = sep::draw_mixture({}, lengths_of(dataset, fold.train), stems, seed);
  const auto audio = sep::load_piece(dataset.pieces[dataset.piece_index(draw.piece)]);
  const auto mixture = render_mixture({}, draw, audio);
  for (const auto& stem : stems) {
    check_stem("fold01_train_seed" + std::to_string(seed) + "_" + stem,
               mixture.stems.at(stem));
  }
}
