#include "libsep/report/track_picture.h"

#include <png.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "libsep/core/error.h"
#include "libsep/report/detail/spectrogram_png.h"
#include "libsep/report/detail/track_analysis.h"
#include "tests/support/catch.h"

using namespace sep;
using namespace sep::report;

namespace {

constexpr int64_t kRate = 44100;

Signal sine(double hertz, double amplitude, int64_t num_samples, int64_t num_channels = 1) {
  Signal signal = make_silence(num_channels, num_samples, kRate);
  for (int64_t c = 0; c < num_channels; ++c) {
    for (int64_t n = 0; n < num_samples; ++n) {
      const double phase = 6.283185307179586 * hertz * double(n) / double(kRate);
      signal.channel(c)[n] = static_cast<float>(amplitude * std::sin(phase));
    }
  }
  return signal;
}

TrackPicture draw(const Signal& signal, int64_t block) {
  TrackAnalysis analysis(signal.num_channels, signal.sample_rate, signal.num_samples());
  for (int64_t n = 0; n < signal.num_samples(); n += block) {
    analysis.add(slice(signal, n, std::min(n + block, signal.num_samples())));
  }
  return analysis.finish();
}

/// The row of the largest value in a column.
int64_t loudest_row(const std::vector<float>& db, int64_t num_columns, int64_t column) {
  int64_t best = 0;
  const auto at = [&](int64_t r) {
    return db[static_cast<size_t>(r * num_columns + column)];
  };
  for (int64_t r = 0; r < TrackPicture::kRows; ++r) {
    if (at(r) > at(best)) best = r;
  }
  return best;
}

}  // namespace

TEST_CASE("a sine lies in its row at its level", "[eval][report]") {
  const auto hertz = GENERATE(100.0, 440.0, 5000.0);
  const auto num_channels = GENERATE(int64_t{1}, 2);
  const auto picture = draw(sine(hertz, 0.1, 3 * kRate, num_channels), 5000);
  CHECK(picture.highest_hz == 20000.0);
  const auto column = picture.num_columns / 2;
  const auto rows = static_cast<double>(TrackPicture::kRows);
  const double log_place = std::log(picture.highest_hz / hertz) /
                           std::log(picture.highest_hz / picture.lowest_hz);
  const double linear_place = 1.0 - hertz / picture.highest_hz;
  // A bin of 10.8 Hz is several rows high at 100 Hz.
  const double width = hertz < 200.0 ? 6.0 : 2.0;
  CHECK(std::abs(
            static_cast<double>(loudest_row(picture.log_db, picture.num_columns, column)) -
            log_place * rows) <= width);
  CHECK(std::abs(static_cast<double>(
                     loudest_row(picture.linear_db, picture.num_columns, column)) -
                 linear_place * rows) <= 2.0);
  // -20 dB; between two bins a Hann window loses up to 1.4 dB.
  CHECK(picture.loudest_db < -19.9F);
  CHECK(picture.loudest_db > -21.5F);
  CHECK(picture.peak == Approx(0.1).epsilon(1e-3));
  CHECK(picture.total_rms == Approx(0.1 / std::sqrt(2.0)).epsilon(1e-3));
}

TEST_CASE("columns are where their time is", "[eval][report]") {
  auto signal = sine(1000.0, 0.5, 4 * kRate);
  std::fill(signal.samples.begin(), signal.samples.begin() + 2 * kRate, 0.0F);
  const auto picture = draw(signal, 30000);
  const auto half = picture.num_columns / 2;
  const auto at = [&](const std::vector<float>& values, int64_t column) {
    return values[static_cast<size_t>(column)];
  };
  CHECK(at(picture.high, half - 1) == 0.0F);
  CHECK(at(picture.high, half + 1) == Approx(0.5).epsilon(0.01));
  CHECK(at(picture.low, half + 1) == Approx(-0.5).epsilon(0.01));
  CHECK(at(picture.rms, half + 1) == Approx(0.354).epsilon(0.04));
  const auto row = loudest_row(picture.log_db, picture.num_columns, half + 100);
  const auto db = [&](int64_t column) {
    return picture.log_db[static_cast<size_t>(row * picture.num_columns + column)];
  };
  CHECK(db(half + 100) > -8.0F);
  CHECK(db(half - 100) == TrackPicture::kSilence);
}

TEST_CASE("a picture does not depend on the blocks", "[eval][report]") {
  const auto num_samples = GENERATE(int64_t{1}, 7, 1200, 4410, 100000);
  const auto signal = sine(700.0, 0.3, num_samples, 2);
  const auto whole = draw(signal, num_samples);
  const auto blocks = draw(signal, 501);
  CHECK(whole.num_columns == std::min<int64_t>(num_samples, 1200));
  CHECK(whole.high == blocks.high);
  CHECK(whole.rms == blocks.rms);
  CHECK(whole.log_db == blocks.log_db);
  CHECK(whole.linear_db == blocks.linear_db);
}

TEST_CASE("no column of a sounding track is empty", "[eval][report]") {
  const auto num_samples = GENERATE(int64_t{1300}, 4410, 44100, 2000000);
  const auto picture = draw(sine(700.0, 0.3, num_samples), 65536);
  for (int64_t x = 0; x < picture.num_columns; ++x) {
    const auto row = loudest_row(picture.log_db, picture.num_columns, x);
    CHECK(picture.log_db[static_cast<size_t>(row * picture.num_columns + x)] > -40.0F);
  }
}

TEST_CASE("silence is drawn as silence", "[eval][report]") {
  const auto picture = draw(make_silence(1, 20000, kRate), 20000);
  CHECK(picture.peak == 0.0F);
  CHECK(picture.total_rms == 0.0);
  CHECK(picture.loudest_db == TrackPicture::kSilence);
}

TEST_CASE("an analysis wants what it was told", "[eval][report][failure]") {
  CHECK_THROWS_AS(TrackAnalysis(1, kRate, 0), Error);
  TrackAnalysis analysis(1, kRate, 100);
  CHECK_THROWS_AS(analysis.add(make_silence(2, 10, kRate)), Error);
  CHECK_THROWS_AS(analysis.add(make_silence(1, 101, kRate)), Error);
  CHECK_THROWS_AS(analysis.finish(), Error);
}

TEST_CASE("a spectrogram's PNG has its size and colours", "[eval][report]") {
  const auto columns = GENERATE(int64_t{1}, 3, 1200);
  std::vector<float> db(static_cast<size_t>(columns * TrackPicture::kRows));
  for (size_t i = 0; i < db.size(); ++i) {  // from below the first colour to above the last
    db[i] = -100.0F + 120.0F * static_cast<float>(i % 641) / 640.0F;
  }
  const auto bytes = spectrogram_png(db, columns, -80.0F, 0.0F);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  REQUIRE(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) != 0);
  image.format = PNG_FORMAT_RGB;
  std::vector<png_byte> pixels(PNG_IMAGE_SIZE(image));
  REQUIRE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr) != 0);
  CHECK(static_cast<int64_t>(image.width) == columns);
  CHECK(image.height == TrackPicture::kRows);
  int64_t num_wrong = 0;
  for (size_t i = 0; i < db.size(); ++i) {
    // 64 colours from -80 to 0 dB.
    const float place = std::min(std::max((db[i] + 80.0F) / 80.0F, 0.0F), 1.0F);
    const auto found = fmt::format(
        "#{:02x}{:02x}{:02x}", pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]);
    num_wrong +=
        found == map_colour(static_cast<double>(std::lround(place * 63)) / 63.0) ? 0 : 1;
  }
  CHECK(num_wrong == 0);
  CHECK_THROWS_AS(spectrogram_png(db, columns + 1, -80.0F, 0.0F), Error);
}

TEST_CASE("colours grow evenly lighter", "[eval][report]") {
  // Relative luminance (WCAG) rises at every step.
  double last = -1.0;
  for (int i = 0; i <= 32; ++i) {
    const auto text = map_colour(i / 32.0);
    REQUIRE(text.size() == 7);
    const auto channel = [&](size_t place) {
      const double v = std::stoi(text.substr(place, 2), nullptr, 16) / 255.0;
      return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    };
    const double luminance =
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
    CHECK(luminance > last);
    last = luminance;
  }
  CHECK(last > 0.85);
}
