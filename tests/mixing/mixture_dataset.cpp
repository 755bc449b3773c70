#include "libsep/mixing/mixture_dataset.h"

#include <cmath>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/datasets.h"
#include "tests/support/messages.h"
#include "tests/support/threads.h"

using sep::Dataset;
using sep::Mixture;
using sep::MixtureOptions;
using sep::Signal;
using sep::TargetRule;

namespace {

constexpr int64_t kRate = kNoiseRate;

Mixture constant_mixture() {
  Mixture mixture;
  float level = 0.1F;
  for (const auto* name : {"bassoon", "clarinet", "saxphone", "violin"}) {
    mixture.stems[name] = Signal{1, kRate, std::vector<float>(100, level)};
    level *= 2.0F;
  }
  mixture.mixture = Signal{1, kRate, std::vector<float>(100, 1.5F)};
  return mixture;
}

}  // namespace

TEST_CASE("threads do not change a bit of a fold", "[data][mixture_dataset][property]") {
  const Threads threads(8);
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 5);
  const sep::Fold fold{1, {1, 2, 3}, {4}, {0}};
  const auto alone = render_fold(dataset, fold, small_mixture_options(), 1);
  REQUIRE(alone.train.size() == 7);
  REQUIRE(alone.validation.size() == 3);
  for (const int64_t num_threads : {1, 2, 3, 8, 0}) {
    CAPTURE(num_threads);
    const auto again = render_fold(dataset, fold, small_mixture_options(), num_threads);
    CHECK(same(alone.train, again.train));
    CHECK(same(alone.validation, again.validation));
    for (const auto rule : {TargetRule::kByName, TargetRule::kLegacy}) {
      const sep::StftOptions stft{64, 16};
      const sep::MixtureDataset one(alone.train, "bassoon", rule, stft, 1);
      const sep::MixtureDataset many(again.train, "bassoon", rule, stft, num_threads);
      REQUIRE(many.size() == 7);
      for (int64_t i = 0; i < 7; ++i) {
        CHECK(*one.get(i).mixture == *many.get(i).mixture);
        CHECK(one.get(i).target == many.get(i).target);
      }
    }
  }
}

TEST_CASE("a fold's mixtures are of its own pieces", "[data][mixture_dataset]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 4);
  auto options = small_mixture_options();
  options.first_seed = 40;
  options.num_train = 12;
  const sep::Fold fold{2, {3, 0}, {2}, {1}};
  const auto mixtures = render_fold(dataset, fold, options, 2);
  // The pieces in the order of their names, whatever the order of the fold.
  const std::vector<sep::PieceLength> pieces = {{"piece-0", 1.0}, {"piece-3", 1.6}};
  const std::vector<sep::StemName> stems = {"bassoon", "clarinet", "saxphone", "violin"};
  for (size_t i = 0; i < mixtures.train.size(); ++i) {
    const auto& draw = mixtures.train[i].draw;
    const auto expected =
        sep::draw_mixture(options, pieces, stems, static_cast<uint32_t>(40 + i));
    CHECK(draw.seed == static_cast<int64_t>(40 + i));
    CHECK(draw.piece == expected.piece);
    CHECK(draw.source_time == expected.source_time);
    CHECK(draw.snr == expected.snr);
    CHECK(mixtures.train[i].mixture.num_samples() == 6400);
  }
  for (const auto& mixture : mixtures.validation) {
    CHECK(mixture.draw.piece == "piece-2");
  }
}

TEST_CASE("a fold renders its draws", "[data][mixture_dataset]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 3);
  const auto options = small_mixture_options();
  const auto mixtures = render_fold(dataset, {1, {1}, {2}, {0}}, options, 2);
  const auto audio = sep::load_piece(dataset.pieces[1]);
  for (const auto& mixture : mixtures.train) {
    CHECK(same(mixture, render_mixture(options, mixture.draw, audio)));
  }
}

TEST_CASE("faults of a fold are errors", "[data][mixture_dataset]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 3);
  CHECK_THROWS_AS(render_fold(dataset, {1, {}, {2}, {0}}, small_mixture_options(), 1),
                  sep::Error);
  CHECK_THROWS_AS(render_fold(dataset, {1, {1}, {}, {0}}, small_mixture_options(), 1),
                  sep::Error);
  auto options = small_mixture_options();
  options.seconds = -1.0;
  CHECK_THROWS_AS(render_fold(dataset, {1, {1}, {2}, {0}}, options, 1), sep::ConfigError);
  auto without = dataset;
  without.pieces[2].parts.pop_back();  // violin
  CHECK_THROWS_WITH(render_fold(without, {1, {1}, {2}, {0}}, small_mixture_options(), 1),
                    folder.path().string() +
                        ": mixtures want every instrument in each piece, piece-2 has no "
                        "violin");
  std::filesystem::remove(path_of(dataset.pieces[2], "violin"));
  CHECK_THROWS_AS(render_fold(dataset, {1, {1}, {2}, {0}}, small_mixture_options(), 2),
                  sep::Error);
}

TEST_CASE("mixtures want mono pieces with every instrument",
          "[data][mixture_dataset][failure]") {
  const TemporaryFolder folder;
  auto dataset = write_noise_dataset(folder, 3);
  const sep::Fold fold{1, {1}, {2}, {0}};
  CHECK_NOTHROW(sep::check_mixable(dataset, {fold}));
  dataset.pieces[0].num_channels = 2;  // only tested on
  dataset.pieces[0].parts.clear();
  CHECK_NOTHROW(sep::check_mixable(dataset, {fold}));
  dataset.pieces[1].parts.erase(dataset.pieces[1].parts.begin());
  const auto prefix = folder.path().string() + ": mixtures ";
  CHECK_THROWS_WITH(sep::check_mixable(dataset, {fold}),
                    prefix + "want every instrument in each piece, piece-1 has no bassoon");
  dataset.pieces[2].num_channels = 2;
  CHECK_THROWS_WITH(sep::check_mixable(dataset, {{1, {2}, {0}, {1}}}),
                    prefix + "are mono, piece piece-2 has 2 channels");
  CHECK_THROWS_AS(render_fold(dataset, {1, {0}, {2}, {1}}, small_mixture_options(), 1),
                  sep::Error);
}

// Two parts of one label are mixed as the sum they are.
TEST_CASE("a mixture has the sum of repeated labels", "[data][mixture_dataset]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 3);
  auto twice = dataset;
  for (auto& piece : twice.pieces) {
    auto& violin = piece.parts.back();
    violin.files.front().gain = 0.25;  // exact: the noise has 16 bits
    auto second = violin;
    second.id = "violin-2";
    second.files.front().gain = 0.75;
    sep::add_part(piece, second);
  }
  const sep::Fold fold{1, {1}, {2}, {0}};
  const auto options = small_mixture_options();
  CHECK(same(render_fold(twice, fold, options, 1).train,
             render_fold(dataset, fold, options, 1).train));
}

TEST_CASE("the target is the stem asked for", "[data][mixture_dataset]") {
  const auto mixture = constant_mixture();
  for (const auto& [name, stem] : mixture.stems) {
    CHECK(sep::target_of(mixture, name, TargetRule::kByName).samples == stem.samples);
  }
  CHECK_THROWS_AS(sep::target_of(mixture, "oboe", TargetRule::kByName), sep::Error);
  CHECK_THROWS_AS(sep::target_of(mixture, "oboe", TargetRule::kLegacy), sep::Error);
}

// Sorted beside "clarinet+saxphone+violin", "bassoon" comes first, so that the second
// is the rest; the other three stand behind "bassoon+…".
TEST_CASE("by the published rule bassoon is the rest", "[data][mixture_dataset]") {
  const auto mixture = constant_mixture();
  for (const auto* name : {"clarinet", "saxphone", "violin"}) {
    CHECK(sep::target_of(mixture, name, TargetRule::kLegacy).samples ==
          mixture.stems.at(name).samples);
  }
  const auto rest = sep::target_of(mixture, "bassoon", TargetRule::kLegacy);
  REQUIRE(rest.num_samples() == 100);
  CHECK(rest.samples[50] == Approx(0.2 + 0.4 + 0.8).epsilon(1e-6));
  Mixture alone;
  alone.stems["oboe"] = Signal{1, kRate, {0.5F}};
  CHECK(sep::target_of(alone, "oboe", TargetRule::kLegacy).samples[0] == 0.5F);
}

TEST_CASE("examples are magnitudes of mixture and target", "[data][mixture_dataset]") {
  const auto mixture = constant_mixture();
  const sep::StftOptions options{32, 8};
  const sep::MixtureDataset examples({mixture}, "violin", TargetRule::kByName, options, 1);
  REQUIRE(examples.size() == 1);
  const auto& example = examples.get(0);
  const sep::Stft stft(options);
  CHECK(example.num_frames == stft.num_frames(100));
  CHECK(example.num_bins == 17);
  CHECK(*example.mixture == stft.forward(mixture.mixture).magnitude());
  CHECK(example.target == stft.forward(mixture.stems.at("violin")).magnitude());
  CHECK_THROWS_AS(examples.get(1), sep::Error);
}

TEST_CASE("spectra of mixtures are shared by the instruments", "[data][mixture_dataset]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 3);
  const sep::Fold fold{1, {1}, {2}, {0}};
  const auto mixtures = render_fold(dataset, fold, small_mixture_options(), 1).train;
  const sep::StftOptions stft{64, 16};
  const sep::MixtureSpectra spectra(mixtures, stft, 2);
  const sep::MixtureDataset violin(mixtures, spectra, "violin", TargetRule::kByName, 2);
  const sep::MixtureDataset bassoon(mixtures, spectra, "bassoon", TargetRule::kByName, 2);
  const sep::MixtureDataset alone(mixtures, "violin", TargetRule::kByName, stft, 1);
  REQUIRE(violin.size() == 7);
  for (int64_t i = 0; i < violin.size(); ++i) {
    CHECK(violin.get(i).mixture == bassoon.get(i).mixture);  // one array, not two
    CHECK(*violin.get(i).mixture == *alone.get(i).mixture);
    CHECK(violin.get(i).target == alone.get(i).target);
    CHECK(violin.get(i).target != bassoon.get(i).target);
  }
  const std::vector<Mixture> fewer(mixtures.begin(), mixtures.begin() + 2);
  CHECK_THROWS_AS(sep::MixtureDataset(fewer, spectra, "violin", TargetRule::kByName, 1),
                  sep::Error);
}

TEST_CASE("examples that no training could use are refused",
          "[data][mixture_dataset][failure]") {
  const sep::StftOptions stft{64, 32};
  const auto refusal = [&](const std::vector<Mixture>& mixtures,
                           const std::vector<Mixture>& heard) {
    return message_of([&] {
      const sep::MixtureSpectra spectra(heard, stft, 1);
      const sep::MixtureDataset dataset(
          mixtures, spectra, "violin", TargetRule::kByName, 1);
    });
  };
  const std::vector<Mixture> one = {constant_mixture()};
  CHECK(refusal(one, one) == "no error");
  CHECK(refusal({}, {}) == "examples of violin: wants at least one mixture, found none");

  // Spectra of other mixtures: the examples would be read beyond their ends.
  auto shorter = one;
  for (auto& [name, stem] : shorter[0].stems) stem.samples.resize(50);
  shorter[0].mixture.samples.resize(50);
  CHECK(refusal(one, shorter) ==
        "example 0 of violin: a target of 5 frames, a mixture of 3");
  auto stereo = one;
  for (auto& [name, stem] : stereo[0].stems) stem.num_channels = 2;
  stereo[0].mixture.num_channels = 2;
  CHECK(refusal(stereo, stereo) ==
        "example 0 of violin: a target of 2 channels, wants 1 (mono)");

  const sep::MixtureDataset dataset(one, "violin", TargetRule::kByName, stft, 1);
  for (const int64_t index : {-1, 1}) {
    CHECK(message_of([&] { dataset.get(index); }) ==
          fmt::format("example {}: wants 0 to 0", index));
  }
}
