#include "libsep/mixing/mixer.h"

#include <cmath>
#include <limits>

#include "libsep/audio/effects.h"
#include "libsep/audio/loudness.h"
#include "libsep/core/error.h"
#include "libsep/core/random.h"
#include "tests/support/catch.h"
#include "tests/support/datasets.h"
#include "tests/support/signals.h"

using sep::MixtureDraw;
using sep::MixtureOptions;
using sep::PieceAudio;
using sep::Signal;

namespace {

constexpr double kPi = 3.14159265358979323846;
const std::vector<sep::StemName> kStems = {"bassoon", "clarinet", "saxphone", "violin"};

Signal tone(double frequency,
            double seconds,
            double amplitude = 0.3,
            int64_t rate = 44100) {
  const auto num_samples = static_cast<int64_t>(std::llround(seconds * double(rate)));
  return make_sine(frequency, num_samples, rate, amplitude);
}

PieceAudio one_stem(Signal signal) { return {Signal{}, {{"violin", std::move(signal)}}}; }

// Neither shifted nor stretched: SoX passes the samples on.
MixtureDraw plain_draw(double source_time, double event_duration, double snr_db) {
  MixtureDraw draw;
  draw.piece = "piece";
  draw.source_time = source_time;
  draw.event_duration = event_duration;
  draw.snr["violin"] = snr_db;
  return draw;
}

MixtureOptions short_options(double seconds, double fade_seconds = 0.01) {
  MixtureOptions options;
  options.seconds = seconds;
  options.fade_seconds = fade_seconds;
  return options;
}

std::string config_message(const MixtureOptions& options) {
  try {
    options.validate();
  } catch (const sep::ConfigError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("draws keep to their bounds", "[data][mixer][property]") {
  const MixtureOptions options;
  const std::vector<sep::PieceLength> pieces = {{"a", 25.23}, {"b", 41.67}, {"c", 12.0}};
  for (uint32_t seed = 0; seed < 300; ++seed) {
    const auto draw = sep::draw_mixture(options, pieces, kStems, seed);
    CAPTURE(seed, draw.piece);
    const double length = draw.piece == "a" ? 25.23 : draw.piece == "b" ? 41.67 : 12.0;
    CHECK(draw.seed == seed);
    CHECK((draw.time_stretch >= 0.8 && draw.time_stretch < 1.2));
    CHECK((draw.pitch_shift >= -2.0 && draw.pitch_shift < 2.0));
    CHECK((draw.source_time >= 0.0 && draw.source_time < 7.0));
    // One rounding of each sum and product.
    CHECK(draw.source_time + draw.event_duration <= length * (1.0 + 4e-16));
    CHECK(draw.event_duration * draw.time_stretch <= 25.0 * (1.0 + 4e-16));
    CHECK(draw.snr.size() == 4);
    for (const auto& [stem, snr_db] : draw.snr) {
      CHECK((snr_db >= -5.0 && snr_db < 5.0));
    }
  }
}

TEST_CASE("draws come in the published order", "[data][mixer]") {
  const MixtureOptions options;
  const std::vector<sep::PieceLength> pieces = {{"a", 40.0}, {"b", 40.0}, {"c", 40.0}};
  for (uint32_t seed = 0; seed < 20; ++seed) {
    sep::LegacyRandom random(seed);
    const auto draw = sep::draw_mixture(options, pieces, kStems, seed);
    CHECK(draw.piece == pieces[static_cast<size_t>(random.randint(3))].name);
    CHECK(draw.time_stretch == random.uniform(0.8, 1.2));
    CHECK(draw.source_time == random.uniform(0.0, 7.0));
    random.uniform(-5.0, 5.0);
    CHECK(draw.pitch_shift == random.uniform(-2.0, 2.0));
    for (const auto& stem : kStems) {
      CHECK(draw.snr.at(stem) == random.uniform(-5.0, 5.0));
    }
  }
}

TEST_CASE("a piece no longer than the event draws no source time", "[data][mixer]") {
  MixtureOptions options;
  options.time_stretch = {0.8, 0.9};  // so that the event is the whole piece
  for (uint32_t seed = 0; seed < 20; ++seed) {
    sep::LegacyRandom random(seed);
    const auto draw = sep::draw_mixture(options, {{"a", 20.0}}, kStems, seed);
    CHECK(draw.event_duration == 20.0);
    CHECK(draw.time_stretch == random.uniform(0.8, 0.9));
    CHECK(draw.source_time == 0.0);
    random.uniform(-5.0, 5.0);
    CHECK(draw.pitch_shift == random.uniform(-2.0, 2.0));
  }
}

TEST_CASE("a draw from nothing is an error", "[data][mixer]") {
  CHECK_THROWS_AS(sep::draw_mixture({}, {}, kStems, 0), sep::Error);
}

TEST_CASE("a stem is cut where its draw says", "[data][mixer]") {
  Signal ramp = sep::make_silence(1, 44100, 44100);
  for (size_t i = 0; i < ramp.samples.size(); ++i) {
    ramp.samples[i] = static_cast<float>(i) / 65536.0F;  // exact on the way through SoX
  }
  // 0.3 * 44100 is 13229.999…: the product is made in double and cut off.
  const double source_time = GENERATE(0.0, 0.1, 0.3, 0.299999, 0.7);
  const double event_duration = GENERATE(0.2, 0.29, 5.0);
  const auto options = short_options(1.0, 0.0);
  const auto mixture =
      render_mixture(options, plain_draw(source_time, event_duration, 0.0), one_stem(ramp));
  const auto begin = static_cast<int64_t>(std::floor(source_time * 44100.0));
  const auto end = std::min<int64_t>(
      44100, static_cast<int64_t>(std::floor((source_time + event_duration) * 44100.0)));
  const auto& stem = mixture.stems.at("violin");
  REQUIRE(stem.num_samples() == 44100);
  const float gain = stem.samples[100] / ramp.samples[static_cast<size_t>(begin + 100)];
  for (int64_t i = 1; i < 44100; i += 97) {
    const float expected =
        i < end - begin ? gain * ramp.samples[static_cast<size_t>(begin + i)] : 0.0F;
    CAPTURE(i, begin, end);
    CHECK(stem.samples[static_cast<size_t>(i)] == Approx(expected).epsilon(1e-5));
  }
  const auto last = static_cast<size_t>(end - begin - 1);
  CHECK(stem.samples[last] > 0.0F);
  CHECK((last + 1 == stem.samples.size() || stem.samples[last + 1] == 0.0F));
}

TEST_CASE("a stem has the loudness its SNR asks for", "[data][mixer][property]") {
  const double snr_db = GENERATE(-5.0, 0.0, 3.3);
  const double amplitude = GENERATE(0.001, 0.1, 0.9);
  const auto options = short_options(3.0, 0.0);
  const auto mixture = render_mixture(
      options, plain_draw(0.0, 3.0, snr_db), one_stem(tone(500.0, 3.0, amplitude)));
  // Floats, each rounded to 6e-8 of itself, and SoX's integers to 5e-10 of full scale.
  CHECK(sep::integrated_loudness(mixture.stems.at("violin")) ==
        Approx(-20.0 + snr_db).margin(1e-4));
}

TEST_CASE("what is short is repeated to be measured", "[data][mixer]") {
  // 0.1 s, a whole number of periods: repeated it is the long tone.
  const auto options = short_options(1.0, 0.0);
  const auto brief =
      render_mixture(options, plain_draw(0.0, 0.1, 0.0), one_stem(tone(500.0, 0.1)));
  const auto half =
      render_mixture(options, plain_draw(0.0, 0.5, 0.0), one_stem(tone(500.0, 0.5)));
  REQUIRE(brief.stems.at("violin").num_samples() == 44100);
  for (size_t i = 0; i < 4410; i += 7) {
    CHECK(brief.stems.at("violin").samples[i] ==
          Approx(half.stems.at("violin").samples[i]).margin(1e-6));
  }
  CHECK(brief.stems.at("violin").samples[4410] == 0.0F);
}

// -93 LUFS and so below the meter's gate: raised by 50 dB, not to -20 LUFS.
TEST_CASE("what is too quiet to measure counts as -70 LUFS", "[data][mixer]") {
  const auto options = short_options(1.0, 0.0);
  const auto audio = one_stem(tone(500.0, 1.0, 3e-5));
  const auto mixture = render_mixture(options, plain_draw(0.0, 1.0, 0.0), audio);
  // SoX's integers are 5e-10 of full scale apart, 1.6e-5 of this tone.
  CHECK(sep::peak(mixture.mixture) ==
        Approx(3e-5 * std::pow(10.0, 50.0 / 20.0)).epsilon(1e-4));
}

TEST_CASE("silence stays silence", "[data][mixer]") {
  const auto mixture = render_mixture(short_options(1.0),
                                      plain_draw(0.0, 1.0, 5.0),
                                      one_stem(sep::make_silence(1, 44100, 44100)));
  CHECK(sep::peak(mixture.mixture) == 0.0F);
  CHECK_FALSE(mixture.scaled_down);
  // Beyond the end of the piece there is nothing.
  const auto beyond = render_mixture(
      short_options(1.0), plain_draw(3.0, 1.0, 5.0), one_stem(tone(500.0, 1.0)));
  CHECK(sep::peak(beyond.mixture) == 0.0F);
}

// The weight of every sample, for stems shorter, as long and longer than the mixture.
TEST_CASE("fades are quarter sines on the stem before it is fitted",
          "[data][mixer][property]") {
  const double seconds = GENERATE(0.5, 1.0, 0.7);
  const double fade_seconds = GENERATE(0.0, 0.01, 0.1);
  const auto audio = one_stem(tone(500.0, 0.7));
  const auto draw = plain_draw(0.0, 0.7, 0.0);
  const auto faded = render_mixture(short_options(seconds, fade_seconds), draw, audio);
  const auto plain = render_mixture(short_options(seconds, 0.0), draw, audio);
  const auto length = static_cast<int64_t>(0.7 * 44100.0);  // 30869
  const auto fade_length = static_cast<int64_t>(std::llround(fade_seconds * 44100.0));
  const auto weight = [&](int64_t i) {
    const int64_t from_end = std::min(i, length - 1 - i);
    return from_end >= fade_length
               ? 1.0
               : std::sin(kPi / 2.0 * double(from_end) / double(fade_length - 1));
  };
  const auto num_samples = static_cast<int64_t>(std::llround(seconds * 44100.0));
  REQUIRE(faded.mixture.num_samples() == num_samples);
  for (int64_t i = 0; i < num_samples; ++i) {
    const double expected =
        i < length ? weight(i) * double(plain.mixture.samples[static_cast<size_t>(i)])
                   : 0.0;
    // One rounding of a value below 1.
    REQUIRE(double(faded.mixture.samples[static_cast<size_t>(i)]) ==
            Approx(expected).margin(1e-7));
  }
}

TEST_CASE("a mixture is the sum of its stems, at most full scale",
          "[data][mixer][property]") {
  const double reference_lufs = GENERATE(-30.0, -20.0, -17.0, -16.0, -14.0, -6.0);
  PieceAudio audio;
  MixtureDraw draw = plain_draw(0.1, 0.8, 0.0);
  draw.snr.clear();
  for (size_t s = 0; s < kStems.size(); ++s) {
    audio.stems[kStems[s]] = tone(200.0 + 100.0 * double(s), 1.0);
    draw.snr[kStems[s]] = double(s) - 1.5;
  }
  auto options = short_options(1.0);
  options.reference_lufs = -40.0;
  const double quiet_peak = sep::peak(render_mixture(options, draw, audio).mixture);
  options.reference_lufs = reference_lufs;
  const auto mixture = render_mixture(options, draw, audio);
  CHECK(mixture.scaled_down ==
        (quiet_peak * std::pow(10.0, (reference_lufs + 40.0) / 20.0) > 1.0));
  CHECK(sep::peak(mixture.mixture) <= 1.0F);
  CHECK((sep::peak(mixture.mixture) > 0.999F) == mixture.scaled_down);
  std::vector<const Signal*> stems;
  for (const auto& [name, stem] : mixture.stems) {
    stems.push_back(&stem);
  }
  const auto sum = sep::mix(stems);
  for (size_t i = 0; i < sum.samples.size(); ++i) {
    // Five roundings of values up to a few units.
    REQUIRE(double(mixture.mixture.samples[i]) ==
            Approx(double(sum.samples[i])).margin(1e-6));
  }
  // All scaled alike: the stems' levels stay as far apart as drawn, but for what the
  // fades take from the few blocks of 0.8 s.
  CHECK(sep::integrated_loudness(mixture.stems.at("violin")) -
            sep::integrated_loudness(mixture.stems.at("bassoon")) ==
        Approx(3.0).margin(0.01));
}

TEST_CASE("stretch and shift are those of the draw", "[data][mixer]") {
  if (!sep::has_sox_effects()) {
    SEP_SKIP("built without libsox");
  }
  auto draw = plain_draw(0.2, 1.0, 2.0);
  draw.time_stretch = 1.1;
  draw.pitch_shift = -1.5;
  const auto audio = one_stem(tone(440.0, 2.0));
  Signal cut{1, 44100, {}};
  const auto begin = audio.stems.at("violin").samples.begin() + 8820;
  cut.samples.assign(begin, begin + 44100);
  auto expected = sep::pitch_and_stretch(cut, -1.5, 1.1);
  const double gain = std::pow(10.0, (-18.0 - sep::integrated_loudness(expected)) / 20.0);
  expected.samples.resize(2 * 44100);
  const auto mixture = render_mixture(short_options(2.0, 0.0), draw, audio);
  for (size_t i = 0; i < expected.samples.size(); i += 11) {
    CHECK(double(mixture.mixture.samples[i]) ==
          Approx(gain * double(expected.samples[i])).margin(1e-6));
  }
}

TEST_CASE("options out of bounds are named", "[data][mixer]") {
  CHECK(config_message({}).empty());
  const auto message = [](auto change) {
    MixtureOptions options;
    change(options);
    return config_message(options);
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(message([](auto& o) { o.num_train = 0; }) == "num_train = 0: wants 1 to 1000000");
  CHECK(message([](auto& o) { o.num_validation = -1; }) ==
        "num_validation = -1: wants 1 to 1000000");
  CHECK(message([](auto& o) { o.first_seed = -1; }).find("first_seed = -1: wants 0 to") ==
        0);
  CHECK(message([](auto& o) { o.first_seed = 4294967286; }).empty());
  CHECK(message([](auto& o) { o.first_seed = 4294967287; }).find("first_seed") == 0);
  CHECK(message([](auto& o) { o.seconds = 0.0; }) ==
        "seconds = 0: wants above 0, at most 3600");
  CHECK(message([&](auto& o) { o.seconds = nan; }).find("seconds = nan") == 0);
  CHECK(message([](auto& o) { o.max_source_seconds = -1.0; }) ==
        "max_source_seconds = -1: wants 0 to 3600");
  CHECK(message([](auto& o) {
          o.time_stretch = {0.0, 1.0};
        }) == "time_stretch = [0, 1]: wants two numbers from 0.01 to 10, the lower first");
  CHECK(message([](auto& o) { o.time_stretch = {1.2, 0.8}; }).find("time_stretch") == 0);
  CHECK(message([&](auto& o) { o.pitch_semitones.high = nan; }).find("pitch_semitones") ==
        0);
  CHECK(message([](auto& o) { o.snr_db = {5.0, -5.0}; }).find("snr_db") == 0);
  CHECK(message([](auto& o) { o.reference_lufs = 1.0; }).find("reference_lufs = 1") == 0);
  CHECK(message([](auto& o) { o.fade_seconds = 12.6; }) ==
        "fade_seconds = 12.6: wants 0 to seconds / 2 = 12.5");
  CHECK(message([](auto& o) { o.fade_seconds = -0.1; }).find("fade_seconds") == 0);
}
