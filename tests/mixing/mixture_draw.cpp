// What is beyond the published draws; those are tested in mixer.cpp and
// reference_mixtures.cpp.
#include "libsep/mixing/mixture_draw.h"

#include <cmath>
#include <limits>
#include <set>

#include "libsep/audio/loudness.h"
#include "libsep/core/error.h"
#include "libsep/mixing/fold_mixtures.h"
#include "tests/support/catch.h"
#include "tests/support/datasets.h"
#include "tests/support/messages.h"

using sep::MixtureDraw;
using sep::MixtureOptions;

namespace {

const std::vector<sep::StemName> kStems = {"bassoon", "clarinet", "saxphone", "violin"};
const std::vector<sep::PieceLength> kPieces = {{"a", 25.23}, {"b", 41.67}, {"c", 12.0}};

bool same_event(const sep::StemEvent& a, const sep::StemEvent& b) {
  return a.piece == b.piece && a.source_time == b.source_time &&
         a.event_duration == b.event_duration && a.pitch_shift == b.pitch_shift &&
         a.time_stretch == b.time_stretch;
}

MixtureDraw draw(const MixtureOptions& options, uint32_t seed) {
  return sep::draw_mixture(options, kPieces, kStems, seed);
}

}  // namespace

TEST_CASE("options beyond the published ones move none of its draws",
          "[data][mixture_draw]") {
  MixtureOptions options;
  options.gain_db = {-6.0, 6.0};
  options.drop_stem_chance = 0.5;
  options.renew_each_epoch = true;
  for (uint32_t seed = 0; seed < 50; ++seed) {
    const auto published = draw({}, seed);
    const auto changed = draw(options, seed);
    CHECK(same_event(published, changed));
    CHECK(published.snr == changed.snr);
    CHECK(published.events.empty());
    CHECK(published.gain_db == 0.0);
    CHECK(published.dropped.empty());
    options.coherent = seed % 2 == 0;
    CHECK(draw(options, seed).snr == published.snr);
    CHECK(draw(options, seed).gain_db == changed.gain_db);
    CHECK(draw(options, seed).dropped == changed.dropped);
    options.coherent = true;
  }
}

TEST_CASE("incoherent stems come from pieces and places of their own",
          "[data][mixture_draw][property]") {
  MixtureOptions options;
  options.coherent = false;
  int64_t num_alike = 0;
  std::set<std::string> pieces;
  for (uint32_t seed = 0; seed < 100; ++seed) {
    const auto mixture = draw(options, seed);
    CHECK(mixture.piece.empty());
    REQUIRE(mixture.events.size() == 4);
    for (const auto& stem : kStems) {
      const auto& event = mixture.event(stem);
      const double length = event.piece == "a" ? 25.23 : event.piece == "b" ? 41.67 : 12.0;
      pieces.insert(event.piece);
      CHECK((event.time_stretch >= 0.8 && event.time_stretch < 1.2));
      CHECK((event.pitch_shift >= -2.0 && event.pitch_shift < 2.0));
      CHECK((event.source_time >= 0.0 && event.source_time < 7.0));
      // One rounding of each sum and product.
      CHECK(event.source_time + event.event_duration <= length * (1.0 + 4e-16));
      CHECK(event.event_duration * event.time_stretch <= 25.0 * (1.0 + 4e-16));
      if (same_event(event, mixture.event("bassoon"))) ++num_alike;
    }
  }
  CHECK(num_alike == 100);  // bassoon itself
  CHECK(pieces.size() == 3);
  CHECK(same_event(draw(options, 7).event("violin"), draw(options, 7).event("violin")));
}

TEST_CASE("the gain of a mixture keeps to its range", "[data][mixture_draw][property]") {
  MixtureOptions options;
  options.gain_db = {-9.0, 3.0};
  double lowest = 9.0;
  double highest = -9.0;
  for (uint32_t seed = 0; seed < 300; ++seed) {
    const double gain_db = draw(options, seed).gain_db;
    lowest = std::min(lowest, gain_db);
    highest = std::max(highest, gain_db);
    CHECK((gain_db >= -9.0 && gain_db < 3.0));
  }
  CHECK(lowest < -8.5);
  CHECK(highest > 2.5);
}

TEST_CASE("stems are dropped as often as asked, never all",
          "[data][mixture_draw][property]") {
  MixtureOptions options;
  options.drop_stem_chance = GENERATE(0.0, 0.25, 1.0);
  constexpr int kNumDraws = 2000;
  std::map<sep::StemName, int> counts;
  for (uint32_t seed = 0; seed < kNumDraws; ++seed) {
    const auto dropped = draw(options, seed).dropped;
    REQUIRE(dropped.size() < kStems.size());
    for (const auto& stem : dropped) ++counts[stem];
  }
  // All but one where the chance is 1; at 0.25 all are dropped in one of 256 draws, of
  // which one is kept: 0.249. Five standard deviations of a count of 2000 are 0.05.
  const double expected = options.drop_stem_chance == 1.0    ? 0.75
                          : options.drop_stem_chance == 0.25 ? 0.249
                                                             : 0.0;
  for (const auto& stem : kStems) {
    CHECK(counts[stem] / double(kNumDraws) == Approx(expected).margin(0.05));
  }
}

TEST_CASE("a dropped stem is silent, the others are as they were", "[data][mixture_draw]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 3);
  const sep::Fold fold{1, {0, 1}, {2}, {}};
  auto options = small_mixture_options();
  const auto whole = render_fold(dataset, fold, options, 2);
  options.drop_stem_chance = 0.5;
  const auto thinned = render_fold(dataset, fold, options, 2);
  int64_t num_dropped = 0;
  for (size_t i = 0; i < whole.train.size(); ++i) {
    const auto& mixture = thinned.train[i];
    std::vector<const sep::Signal*> stems;
    for (const auto& [name, stem] : mixture.stems) {
      const bool dropped = mixture.draw.dropped.count(name) > 0;
      CHECK((sep::peak(stem) == 0.0F) == dropped);
      CHECK(stem.num_samples() == 6400);
      if (!dropped && !whole.train[i].scaled_down && !mixture.scaled_down) {
        CHECK(stem.samples == whole.train[i].stems.at(name).samples);
      }
      num_dropped += dropped ? 1 : 0;
      stems.push_back(&stem);
    }
    CHECK(mixture.mixture.samples == sep::mix(stems).samples);
  }
  CHECK(num_dropped > 0);
  CHECK(same(thinned.validation, whole.validation));
}

TEST_CASE("a gain is on mixture and stems alike", "[data][mixture_draw]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 3);
  const sep::Fold fold{1, {0, 1}, {2}, {}};
  auto options = small_mixture_options();
  const auto plain = render_fold(dataset, fold, options, 2);
  options.gain_db = {-7.0, -7.0};
  const auto quiet = render_fold(dataset, fold, options, 2);
  const double factor = std::pow(10.0, -7.0 / 20.0);
  for (size_t i = 0; i < plain.train.size(); ++i) {
    CHECK(quiet.train[i].draw.gain_db == -7.0);
    REQUIRE_FALSE(plain.train[i].scaled_down);
    for (size_t n = 0; n < 6400; n += 13) {
      // Stems and their sum are rounded to 6e-8 of values below 1.
      CHECK(double(quiet.train[i].mixture.samples[n]) ==
            Approx(factor * double(plain.train[i].mixture.samples[n])).margin(5e-7));
    }
  }
  CHECK(same(quiet.validation, plain.validation));
}

TEST_CASE("incoherent mixtures are made of the events they name", "[data][mixture_draw]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 4);
  const sep::Fold fold{1, {0, 1, 2}, {3}, {}};
  auto options = small_mixture_options();
  const auto coherent = render_fold(dataset, fold, options, 2);
  options.coherent = false;
  const auto apart = render_fold(dataset, fold, options, 2);
  int64_t num_pieces = 0;
  for (const auto& mixture : apart.train) {
    std::set<std::string> pieces;
    for (const auto& [name, stem] : mixture.stems) {
      const auto& event = mixture.draw.event(name);
      pieces.insert(event.piece);
      const auto source = sep::load_stems(dataset.pieces[dataset.piece_index(event.piece)]);
      const auto alone =
          sep::render_stem(options, event, mixture.draw.level_db(name), source.at(name));
      if (!mixture.scaled_down) CHECK(stem.samples == alone.samples);
    }
    num_pieces += static_cast<int64_t>(pieces.size());
  }
  CHECK(num_pieces > 7);  // more than one a mixture
  CHECK(same(apart.validation, coherent.validation));
}

TEST_CASE("each epoch has the mixtures of the seeds that follow", "[data][mixture_draw]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 3);
  const sep::Fold fold{1, {0, 1}, {2}, {}};
  auto options = small_mixture_options();
  options.first_seed = 5;
  const sep::MixtureRenderer fixed(dataset, options);
  options.renew_each_epoch = true;
  const sep::MixtureRenderer renewed(dataset, options);
  for (const int64_t epoch : {0, 1, 4}) {
    const auto draws = renewed.draw_train(fold, epoch);
    REQUIRE(draws.size() == 7);
    for (size_t i = 0; i < draws.size(); ++i) {
      CHECK(draws[i].seed == 5 + 7 * epoch + static_cast<int64_t>(i));
    }
    CHECK(fixed.draw_train(fold, epoch).front().seed == 5);
  }
  CHECK(same(renewed.render_fold(fold, 1).train, fixed.render_fold(fold, 1).train));
  CHECK_FALSE(same(renewed.render(renewed.draw_train(fold, 1), 1),
                   renewed.render(renewed.draw_train(fold, 0), 1)));
  CHECK(renewed.draw_validation(fold).front().seed == 5);
  CHECK_THROWS_AS(renewed.draw_train(fold, int64_t{1} << 30), sep::Error);
}

TEST_CASE("an epoch or a piece that is not there is named",
          "[data][mixture_draw][failure]") {
  const TemporaryFolder folder;
  const auto dataset = write_noise_dataset(folder, 3);
  auto options = small_mixture_options();
  options.renew_each_epoch = true;
  const sep::MixtureRenderer renderer(dataset, options);
  const sep::Fold fold{1, {0, 1}, {2}, {}};
  constexpr auto kLargest = std::numeric_limits<int64_t>::max();
  for (const int64_t epoch : {int64_t{-1}, int64_t{1} << 32, kLargest}) {
    CHECK(message_of([&] {
            renderer.draw_train(fold, epoch);
          }).rfind(fmt::format("epoch {} (from 0): ", epoch), 0) == 0);
  }
  CHECK(message_of([&] {
          renderer.draw_train({4, {0, 3}, {2}, {}});
        }) == "fold 4: piece 3 of a dataset of 3");
  CHECK(message_of([&] {
          renderer.draw_validation({4, {0}, {3}, {}});
        }) == "fold 4: piece 3 of a dataset of 3");
}

TEST_CASE("options beyond the published ones have bounds", "[data][mixture_draw]") {
  const auto message = [](auto change) -> std::string {
    MixtureOptions options;
    change(options);
    try {
      options.validate();
    } catch (const sep::ConfigError& error) {
      return error.what();
    }
    return "";
  };
  CHECK(message([](auto& o) {
          o.gain_db = {3.0, -3.0};
        }) == "gain_db = [3, -3]: wants two numbers from -100 to 100, the lower first");
  CHECK(message([](auto& o) { o.drop_stem_chance = 1.1; }) ==
        "drop_stem_chance = 1.1: wants 0 to 1");
  CHECK(message([](auto& o) { o.drop_stem_chance = std::nan(""); }).find("drop") == 0);
  MixtureOptions options;
  options.coherent = false;
  options.gain_db = {1.0, 2.0};
  options.drop_stem_chance = 0.5;
  options.renew_each_epoch = true;
  options.seconds = 3.0;
  auto expected = MixtureOptions();
  expected.seconds = 3.0;
  CHECK(sep::write_config(options.published_rules()) == sep::write_config(expected));
}
