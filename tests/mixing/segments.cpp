#include "libsep/mixing/segments.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "libsep/core/error.h"
#include "libsep/core/threads.h"
#include "tests/mixing/memory_stems.h"
#include "tests/support/catch.h"
#include "tests/support/signals.h"
#include "tests/support/threads.h"

using namespace sep;

namespace {

constexpr int64_t kRate = 8000;
const std::vector<StemName> kStems = {"violin", "clarinet", "bassoon"};

/// Nothing but what a test asks for: half a second, coherent, as recorded.
SegmentOptions plain() {
  SegmentOptions options;
  options.seconds = 0.5;
  options.coherent_chance = 1.0;
  options.pitch_semitones = {0.0, 0.0};
  options.gain_db = {0.0, 0.0};
  return options;
}

/// Everything at once.
SegmentOptions rich() {
  SegmentOptions options;
  options.seconds = 0.25;
  options.equalizer_db = 6.0;
  options.polarity_chance = 0.5;
  options.absence_chance = 0.3;
  return options;
}

/// Samples tell where they are from: (piece + 1) / 8 + (stem + 1) / 64 + n / 2^20, in which
/// nothing is rounded.
MemoryStems::Pieces ramps(size_t num_pieces, int64_t num_samples) {
  MemoryStems::Pieces pieces(num_pieces);
  for (size_t p = 0; p < num_pieces; ++p) {
    for (size_t s = 0; s < kStems.size(); ++s) {
      auto signal = make_silence(1, num_samples, kRate);
      for (int64_t n = 0; n < num_samples; ++n) {
        signal.samples[size_t(n)] =
            float(double(p + 1) / 8.0 + double(s + 1) / 64.0 + double(n) * 0x1p-20);
      }
      pieces[p][kStems[s]] = signal;
    }
  }
  return pieces;
}

MemoryStems::Pieces noises(size_t num_pieces,
                           int64_t num_samples,
                           int64_t num_channels = 1) {
  MemoryStems::Pieces pieces(num_pieces);
  for (size_t p = 0; p < num_pieces; ++p) {
    for (size_t s = 0; s < kStems.size(); ++s) {
      pieces[p][kStems[s]] = make_noise(num_channels, num_samples, kRate, 10 * p + s + 1);
    }
  }
  return pieces;
}

SegmentExamples make_examples(MemoryStems::Pieces pieces,
                              const SegmentOptions& options,
                              uint64_t seed = 1) {
  std::vector<size_t> all(pieces.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = i;
  return SegmentExamples(
      std::make_shared<MemoryStems>(std::move(pieces)), all, kStems, options, seed);
}

bool same(const WaveformExample& a, const WaveformExample& b) {
  return a.sample_rate == b.sample_rate && a.num_channels == b.num_channels &&
         a.num_samples == b.num_samples && a.mixture == b.mixture && a.stems == b.stems;
}

std::vector<float> stem_of(const WaveformExample& example, int64_t s) {
  return {example.stem(s), example.stem(s) + example.num_channels * example.num_samples};
}

bool is_zero(const std::vector<float>& samples) {
  return std::all_of(samples.begin(), samples.end(), [](float x) { return x == 0.0F; });
}

/// Hz, from its first and last upward crossing of zero: exact to a thousandth of a period.
double frequency_of(const std::vector<float>& sine) {
  double first = -1.0, last = -1.0;
  int64_t count = -1;
  for (size_t n = 1; n < sine.size(); ++n) {
    if (sine[n - 1] >= 0.0F || sine[n] < 0.0F) continue;
    last = double(n) - double(sine[n]) / double(sine[n] - sine[n - 1]);
    if (first < 0.0) first = last;
    ++count;
  }
  return double(count) * double(kRate) / (last - first);
}

}  // namespace

TEST_CASE("an example is decided by seed, iteration and index alone",
          "[mixing][segments][property]") {
  const auto num_channels = GENERATE(int64_t{1}, 2);
  const auto examples = make_examples(noises(3, 5000, num_channels), rich());
  std::vector<WaveformExample> in_order;
  for (int64_t i = 0; i < 12; ++i) in_order.push_back(examples.get(i / 4, i % 4));
  for (int64_t i = 11; i >= 0; --i) {
    CHECK(same(examples.get(i / 4, i % 4), in_order[size_t(i)]));
  }
  const auto again = make_examples(noises(3, 5000, num_channels), rich());
  for (const int64_t num_threads : {1, 2, 5}) {
    const Threads threads(num_threads);
    for (int64_t iteration = 2; iteration >= 0; --iteration) {
      const auto batch = make_batch(again, iteration, 4);
      for (size_t i = 0; i < 4; ++i) {
        CHECK(same(batch[i], in_order[size_t(iteration) * 4 + i]));
      }
    }
  }
}

TEST_CASE("seed, iteration and index each make another example", "[mixing][segments]") {
  const auto examples = make_examples(noises(3, 5000), rich());
  const auto first = examples.get(0, 0);
  CHECK_FALSE(same(first, examples.get(0, 1)));
  CHECK_FALSE(same(first, examples.get(1, 0)));
  CHECK_FALSE(same(first, make_examples(noises(3, 5000), rich(), 2).get(0, 0)));
  CHECK_FALSE(same(examples.get(0, 1), examples.get(1, 0)));
}

TEST_CASE("the mixture is the sum of the stems", "[mixing][segments][property]") {
  auto options = rich();
  options.gain_db = {20.0, 30.0};  // far beyond full scale: nothing is clipped
  const auto examples = make_examples(noises(2, 5000, 2), options);
  for (int64_t i = 0; i < 8; ++i) {
    const auto example = examples.get(3, i);
    REQUIRE(example.num_channels == 2);
    REQUIRE(example.num_samples == 2000);
    REQUIRE(example.mixture.size() == 4000);
    REQUIRE(example.stems.size() == 12000);
    auto sum = stem_of(example, 0);
    for (int64_t s = 1; s < 3; ++s) {
      for (size_t n = 0; n < sum.size(); ++n) sum[n] += example.stem(s)[n];
    }
    CHECK(example.mixture == sum);
  }
}

TEST_CASE("a plain coherent example is a place of a piece", "[mixing][segments]") {
  const auto examples = make_examples(ramps(4, 6000), plain());
  std::set<size_t> seen;
  for (int64_t i = 0; i < 60; ++i) {
    const auto draw = examples.draw(0, i);
    REQUIRE(draw.coherent);
    const auto example = examples.get(0, i);
    for (int64_t s = 0; s < 3; ++s) {
      const auto& segment = draw.stems[size_t(s)];
      CHECK(segment.piece == draw.stems[0].piece);
      CHECK(segment.first_sample == draw.stems[0].first_sample);
      const double first = double(segment.piece + 1) / 8.0 + double(s + 1) / 64.0 +
                           double(segment.first_sample) * 0x1p-20;
      CHECK(double(example.stem(s)[0]) == first);
      CHECK(double(example.stem(s)[3999]) == first + 3999.0 * 0x1p-20);
    }
    CHECK(draw.stems[0].first_sample >= 0);
    CHECK(draw.stems[0].first_sample <= 2000);
    seen.insert(draw.stems[0].piece);
  }
  CHECK(seen.size() == 4);  // 60 draws miss one of 4 in 1 of 8 million sequences
}

TEST_CASE("stems of an incoherent example are each from a place of its own",
          "[mixing][segments]") {
  auto options = plain();
  options.coherent_chance = 0.0;
  options.pitch_semitones = {-2.0, 2.0};
  const auto examples = make_examples(ramps(4, 20000), options);
  int num_one_piece = 0;
  for (int64_t i = 0; i < 50; ++i) {
    const auto draw = examples.draw(0, i);
    REQUIRE_FALSE(draw.coherent);
    CHECK(draw.stems[0].first_sample != draw.stems[1].first_sample);
    CHECK(draw.stems[0].pitch_semitones != draw.stems[1].pitch_semitones);
    if (draw.stems[0].piece == draw.stems[1].piece) ++num_one_piece;
  }
  CHECK(num_one_piece > 0);
  CHECK(num_one_piece < 30);
}

// 400 draws of a chance of 0.3 deviate by 0.023; five times that is missed once in a
// million seeds, and the seed is fixed.
TEST_CASE("chances are what they are called", "[mixing][segments]") {
  auto options = plain();
  options.coherent_chance = 0.3;
  options.absence_chance = 0.3;
  const auto examples = make_examples(ramps(2, 6000), options);
  double num_coherent = 0.0, num_absent = 0.0;
  for (int64_t i = 0; i < 400; ++i) {
    const auto draw = examples.draw(i, 0);
    num_coherent += draw.coherent;
    for (const auto& stem : draw.stems) num_absent += stem.absent;
  }
  CHECK(std::abs(num_coherent / 400.0 - 0.3) < 0.115);
  // Of three stems all are absent with 0.027; then one stays: 0.3 - 0.009.
  CHECK(std::abs(num_absent / 1200.0 - 0.291) < 0.066);
}

TEST_CASE("an absent stem is silent, and one always stays", "[mixing][segments]") {
  auto options = plain();
  options.absence_chance = 1.0;
  const auto examples = make_examples(ramps(2, 6000), options);
  std::set<int64_t> stayed;
  for (int64_t i = 0; i < 30; ++i) {
    const auto example = examples.get(0, i);
    int num_present = 0;
    for (int64_t s = 0; s < 3; ++s) {
      if (is_zero(stem_of(example, s))) continue;
      ++num_present;
      stayed.insert(s);
      CHECK(example.mixture == stem_of(example, s));
    }
    CHECK(num_present == 1);
  }
  CHECK(stayed.size() == 3);
}

TEST_CASE("a use of chance moves no other", "[mixing][segments]") {
  const auto before = make_examples(noises(3, 6000), plain());
  auto options = plain();
  options.gain_db = {-5.0, 5.0};
  options.absence_chance = 0.4;
  options.polarity_chance = 0.5;
  const auto after = make_examples(noises(3, 6000), options);
  for (int64_t i = 0; i < 10; ++i) {
    const auto a = before.draw(0, i), b = after.draw(0, i);
    CHECK(a.stems[0].piece == b.stems[0].piece);
    CHECK(a.stems[0].first_sample == b.stems[0].first_sample);
  }
}

TEST_CASE("pitch is shifted by what is drawn", "[mixing][segments][property]") {
  MemoryStems::Pieces pieces(1);
  for (const auto& stem : kStems) pieces[0][stem] = make_sine(440.0, 40000, kRate);
  auto options = plain();
  options.pitch_semitones = {-7.0, 7.0};
  for (const double coherent_chance : {0.0, 1.0}) {
    options.coherent_chance = coherent_chance;
    const auto examples = make_examples(pieces, options);
    for (int64_t i = 0; i < 10; ++i) {
      const auto draw = examples.draw(0, i);
      const auto example = examples.get(0, i);
      for (int64_t s = 0; s < 3; ++s) {
        const double semitones = draw.stems[size_t(s)].pitch_semitones;
        if (coherent_chance == 1.0) CHECK(semitones == draw.stems[0].pitch_semitones);
        CHECK(std::abs(semitones) <= 7.0);
        // Two crossings, each found to 1e-3 of a period, 145 periods or more apart.
        CHECK(frequency_of(stem_of(example, s)) ==
              Approx(440.0 * std::exp2(semitones / 12.0)).epsilon(2e-5));
      }
    }
  }
}

TEST_CASE("gain is within its range, another for each stem", "[mixing][segments]") {
  MemoryStems::Pieces pieces(1);
  for (const auto& stem : kStems) {
    pieces[0][stem] = make_silence(1, 6000, kRate);
    for (float& x : pieces[0][stem].samples) x = 0.5F;
  }
  auto options = plain();
  options.gain_db = {-5.0, 5.0};
  const auto examples = make_examples(pieces, options);
  double lowest = 100.0, highest = -100.0;
  for (int64_t i = 0; i < 60; ++i) {
    const auto example = examples.get(0, i);
    for (int64_t s = 0; s < 3; ++s) {
      const double db = 20.0 * std::log10(double(example.stem(s)[17]) / 0.5);
      CHECK(double(example.stem(s)[17]) == double(example.stem(s)[3000]));
      lowest = std::min(lowest, db);
      highest = std::max(highest, db);
    }
    CHECK(example.stem(0)[0] != example.stem(1)[0]);
  }
  // 180 draws leave the outer tenth at either end empty in 1 of 10^4 seeds.
  CHECK(lowest >= -5.001);
  CHECK(lowest < -4.5);
  CHECK(highest <= 5.001);
  CHECK(highest > 4.5);
}

TEST_CASE("a piece that is shorter than an example ends in zeros", "[mixing][segments]") {
  const auto num_samples = GENERATE(int64_t{1}, 5, 3999, 4000);
  auto options = plain();
  for (const double coherent_chance : {0.0, 1.0}) {
    options.coherent_chance = coherent_chance;
    const auto examples = make_examples(ramps(1, num_samples), options);
    const auto example = examples.get(0, 0);
    for (int64_t s = 0; s < 3; ++s) {
      const auto stem = stem_of(example, s);
      const auto end = stem.begin() + num_samples;
      CHECK(examples.draw(0, 0).stems[size_t(s)].first_sample == 0);
      CHECK(std::equal(
          stem.begin(), end, ramps(1, num_samples)[0][kStems[size_t(s)]].samples.begin()));
      CHECK(is_zero({end, stem.end()}));
    }
  }
}

TEST_CASE("silence stays silence", "[mixing][segments]") {
  MemoryStems::Pieces pieces(1);
  for (const auto& stem : kStems) pieces[0][stem] = make_silence(1, 6000, kRate);
  const auto example = make_examples(pieces, rich()).get(0, 0);
  CHECK(is_zero(example.mixture));
  CHECK(is_zero(example.stems));
}

TEST_CASE("pieces give the stems that they have", "[mixing][segments]") {
  auto pieces = ramps(3, 6000);
  pieces[0].erase("violin");
  pieces[1].erase("bassoon");
  auto options = plain();
  options.coherent_chance = GENERATE(0.0, 1.0);
  const auto examples = make_examples(pieces, options);
  for (int64_t i = 0; i < 40; ++i) {
    const auto draw = examples.draw(0, i);
    CHECK(draw.stems[0].piece != 0);
    CHECK(draw.stems[2].piece != 1);
    if (draw.coherent) CHECK(draw.stems[1].piece == 2);
    CHECK_NOTHROW(examples.get(0, i));
  }
}

namespace {

/// Adds a half to every sample, and leaves out the last where it is told to.
class Half : public Augmentation {
 public:
  explicit Half(int64_t num_dropped) : num_dropped_(num_dropped) {}
  Signal apply(Signal stem, RandomStream& random) const override {
    for (float& x : stem.samples) x += 0.5F;
    stem.samples[0] = static_cast<float>(random.uniform());
    stem.samples.resize(stem.samples.size() - size_t(num_dropped_));
    return stem;
  }

 private:
  int64_t num_dropped_;
};

struct HalfOptions {
  int64_t num_dropped = 0;

  template <class Archive>
  void visit(Archive& archive) {
    archive("num_dropped", num_dropped, "samples left out at the end");
  }
};

/// What stands in a config below `examples`, read where `half` and ours are kinds.
SegmentOptions with_half(const std::string& augmentations_yaml) {
  if (!augmentations().contains("half")) {
    augmentations().add<HalfOptions>(
        "half", "adds a half", [](const HalfOptions& options, int64_t) {
          return std::make_shared<Half>(options.num_dropped);
        });
  }
  auto options = plain();
  options.augmentations =
      parse_config<SegmentOptions>("augmentations: " + augmentations_yaml, "c")
          .augmentations;
  return options;
}

}  // namespace

TEST_CASE("a program's own augmentation comes last, with a stream of its own",
          "[mixing][segments]") {
  const auto example_of = [](const std::string& augmentations_yaml) {
    return make_examples(ramps(1, 6000), with_half(augmentations_yaml)).get(2, 1);
  };
  const auto before = example_of("[]"), once = example_of("[{type: half}]");
  const auto after =
      example_of("[{type: half}, {type: half}, {type: gain, gain_db: [20, 20]}]");
  CHECK(once.stem(1)[100] == before.stem(1)[100] + 0.5F);
  CHECK(after.stem(1)[100] == Approx(10.0 * double(before.stem(1)[100] + 1.0F)));
  CHECK(once.stem(0)[0] != once.stem(1)[0]);
  CHECK(10.0 * double(once.stem(0)[0]) != Approx(double(after.stem(0)[0])));
}

TEST_CASE("examples that cannot be are refused", "[mixing][segments][failure]") {
  const auto cut = with_half("{type: half, num_dropped: 3}");
  CHECK_THROWS_WITH(
      make_examples(ramps(1, 100), cut).get(0, 0),
      "the augmentation half made 1 channels of 3997 samples: wants 1 of 4000 "
      "as given");
  CHECK_THROWS_WITH(
      with_half("{type: halve}"),
      Catch::Matchers::Contains("augmentations.type = halve: no augmentation"));
  CHECK_THROWS_WITH(make_examples(ramps(1, 100), plain()).get(-1, 0),
                    "example 0 of iteration -1: wants 0 or more");
  auto pieces = ramps(2, 100);
  pieces[0].erase("violin");
  pieces[1].erase("clarinet");
  CHECK_THROWS_WITH(
      make_examples(pieces, plain()),
      "coherent examples want a piece that has all of violin, clarinet, bassoon, "
      "none of 2 has; set coherent_chance to 0");
  pieces[1].erase("violin");
  CHECK_THROWS_WITH(make_examples(pieces, plain()),
                    "none of the 2 pieces to make examples of has a stem violin");
  const auto source = std::make_shared<MemoryStems>(ramps(1, 100));
  CHECK_THROWS_WITH(SegmentExamples(source, std::vector<size_t>{}, {"violin"}, plain(), 1),
                    "none of the 0 pieces to make examples of has a stem violin");
  CHECK_THROWS_WITH(SegmentExamples(source, std::vector<size_t>{0}, {}, plain(), 1),
                    "examples of no stem: wants at least one");
}

TEST_CASE("groups of pieces are drawn by their weights", "[mixing][segments]") {
  auto pieces = noises(6, 5000);
  pieces[5].erase("violin");
  auto options = plain();
  options.coherent_chance = 0.5;
  const auto source = std::make_shared<MemoryStems>(std::move(pieces));
  // Four pieces against one, but three times as often the one; 5 has no violin.
  const std::vector<PieceGroup> groups = {{{0, 1, 2, 3}, 1.0}, {{4}, 3.0}, {{5}, 4.0}};
  const SegmentExamples examples(source, groups, kStems, options, 7);
  constexpr int64_t kNum = 4000;
  std::map<bool, std::vector<double>> of_piece = {{true, std::vector<double>(6)},
                                                  {false, std::vector<double>(6)}};
  for (int64_t i = 0; i < kNum; ++i) {
    const auto draw = examples.draw(0, i);
    of_piece[draw.coherent][draw.stems[0].piece] += 1.0;
  }
  for (const auto& [coherent, counts] : of_piece) {
    double sum = 0.0;
    for (const double count : counts) sum += count;
    const double six_sigma = 6.0 * std::sqrt(sum * 0.25);
    CHECK(std::abs(counts[4] - 0.75 * sum) < six_sigma);
    for (size_t p = 0; p < 4; ++p) {
      CHECK(std::abs(counts[p] - 0.25 / 4.0 * sum) < six_sigma);
      CHECK(counts[p] > 0.0);
    }
    CHECK(counts[5] == 0.0);
  }
  double num_apart = 0.0;
  std::vector<double> clarinets(6);
  for (int64_t i = 0; i < kNum; ++i) {
    const auto draw = examples.draw(0, i);
    if (draw.coherent) continue;
    num_apart += 1.0;
    clarinets[draw.stems[1].piece] += 1.0;
  }
  const double six_sigma = 6.0 * std::sqrt(num_apart * 0.25);
  CHECK(std::abs(clarinets[4] - 3.0 / 8.0 * num_apart) < six_sigma);
  CHECK(std::abs(clarinets[5] - 4.0 / 8.0 * num_apart) < six_sigma);
}

TEST_CASE("one group is as no group", "[mixing][segments]") {
  const auto source = std::make_shared<MemoryStems>(noises(4, 5000));
  const std::vector<size_t> all = {0, 1, 2, 3};
  const SegmentExamples plainly(source, all, kStems, rich(), 3);
  const SegmentExamples grouped(source, {{all, 0.5}, {{}, 2.0}}, kStems, rich(), 3);
  for (int64_t i = 0; i < 20; ++i) CHECK(same(plainly.get(0, i), grouped.get(0, i)));
  for (const double weight : {0.0, -1.0, std::nan("")}) {
    CHECK_THROWS_AS(SegmentExamples(source, {{all, weight}}, kStems, rich(), 3), Error);
  }
}

TEST_CASE("options of segments are checked by name", "[mixing][segments][config]") {
  const auto refusal = [](const std::string& yaml) -> std::string {
    try {
      parse_config<SegmentOptions>(yaml, "c");
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  CHECK(refusal("{pitch_semitones: [-5, 5], seconds: 4}") == "accepted");
  CHECK(refusal("seconds: 0").find("c:1: seconds = 0: wants above 0") == 0);
  for (const std::string key : {"coherent_chance", "polarity_chance", "absence_chance"}) {
    CHECK(refusal(key + ": 1.5") == "c:1: " + key + " = 1.5: wants 0 to 1");
  }
  CHECK(refusal("pitch_semitones: [0, 37]").find("c:1: pitch_semitones = ") == 0);
  CHECK(refusal("gain_db: [-101, 0]").find("c:1: gain_db = ") == 0);
  CHECK(refusal("equalizer_db: -1") == "c:1: equalizer_db = -1: wants 0 to 40");
  CHECK(refusal("pitch: 2").find("c:1: pitch is no setting") == 0);
}
