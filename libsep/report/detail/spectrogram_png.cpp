#include "libsep/report/detail/spectrogram_png.h"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "libsep/core/error.h"
#include "libsep/report/track_picture.h"

namespace sep::report {
namespace {

// Steps of 1.25 dB on 80 dB: what an eye can tell, in half the bytes of 256.
constexpr int kNumColours = 64;
constexpr double kPi = 3.14159265358979323846;

using Colour = std::array<double, 3>;  // linear sRGB

/// Björn Ottosson's OKLab to linear sRGB.
Colour from_oklab(double lightness, double a, double b) {
  const auto cubed = [](double x) { return x * x * x; };
  const double l = cubed(lightness + 0.3963377774 * a + 0.2158037573 * b);
  const double m = cubed(lightness - 0.1055613458 * a - 0.0638541728 * b);
  const double s = cubed(lightness - 0.0894841775 * a - 1.2914855480 * b);
  return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
          -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
          -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

bool is_in_gamut(const Colour& colour) {
  return std::all_of(
      colour.begin(), colour.end(), [](double x) { return x >= 0.0 && x <= 1.0; });
}

int to_byte(double linear) {
  const double x =
      linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1.0 / 2.4) - 0.055;
  return static_cast<int>(std::lround(255.0 * std::clamp(x, 0.0, 1.0)));
}

std::array<int, 3> map_bytes(double place) {
  const double lightness = 0.12 + 0.85 * place;
  const double hue = (280.0 + 178.0 * place) * kPi / 180.0;
  double chroma = 0.03 + 0.17 * std::sin(kPi * std::pow(place, 0.85));
  auto colour = from_oklab(lightness, chroma * std::cos(hue), chroma * std::sin(hue));
  while (!is_in_gamut(colour) && chroma > 0.001) {
    chroma *= 0.97;
    colour = from_oklab(lightness, chroma * std::cos(hue), chroma * std::sin(hue));
  }
  return {to_byte(colour[0]), to_byte(colour[1]), to_byte(colour[2])};
}

/// (kNumColours, 3)
std::vector<png_byte> palette() {
  std::vector<png_byte> colours;
  for (int i = 0; i < kNumColours; ++i) {
    for (const int byte : map_bytes(static_cast<double>(i) / (kNumColours - 1))) {
      colours.push_back(static_cast<png_byte>(byte));
    }
  }
  return colours;
}

/// To `bytes` where that is not null; gives their number.
size_t write_png(png_image image,
                 const std::vector<png_byte>& pixels,
                 const std::vector<png_byte>& colours,
                 void* bytes,
                 png_alloc_size_t size) {
  if (png_image_write_to_memory(
          &image, bytes, &size, 0, pixels.data(), 0, colours.data()) == 0) {
    throw Failure(fmt::format("a picture cannot be written as PNG ({})",
                              static_cast<const char*>(image.message)));
  }
  return size;
}

}  // namespace

std::string map_colour(double place) {
  const auto bytes = map_bytes(std::clamp(place, 0.0, 1.0));
  return fmt::format("#{:02x}{:02x}{:02x}", bytes[0], bytes[1], bytes[2]);
}

std::string spectrogram_png(const std::vector<float>& db,
                            int64_t num_columns,
                            float lowest_db,
                            float highest_db) {
  SEP_CHECK(num_columns >= 1 &&
                static_cast<int64_t>(db.size()) == TrackPicture::kRows * num_columns,
            "{} values for {} columns",
            db.size(),
            num_columns);
  std::vector<png_byte> pixels;
  for (const float value : db) {
    const float place = (value - lowest_db) / (highest_db - lowest_db);
    pixels.push_back(static_cast<png_byte>(
        std::lround(std::clamp(place, 0.0F, 1.0F) * (kNumColours - 1))));
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(num_columns);
  image.height = static_cast<png_uint_32>(TrackPicture::kRows);
  image.format = PNG_FORMAT_RGB_COLORMAP;
  image.colormap_entries = kNumColours;
  const auto colours = palette();
  std::string bytes(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  bytes.resize(write_png(image, pixels, colours, bytes.data(), bytes.size()));
  return bytes;
}

}  // namespace sep::report
