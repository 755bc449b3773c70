#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <csetjmp>

#include "libsep/core/error.h"
#include "libsep/report/track_picture.h"

namespace sep {
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

void append(png_structp png, png_bytep bytes, png_size_t count) {
  static_cast<std::string*>(png_get_io_ptr(png))
      ->append(reinterpret_cast<const char*>(bytes), count);
}

void flush(png_structp) {}

std::vector<png_color> palette() {
  std::vector<png_color> colours;
  for (int i = 0; i < kNumColours; ++i) {
    const auto bytes = map_bytes(static_cast<double>(i) / (kNumColours - 1));
    colours.push_back({static_cast<png_byte>(bytes[0]),
                       static_cast<png_byte>(bytes[1]),
                       static_cast<png_byte>(bytes[2])});
  }
  return colours;
}

// libpng reports by longjmp, which must not pass over anything with a destructor: all
// that has one is made outside.
bool write_png(png_structp png,
               png_infop info,
               std::string& bytes,
               std::vector<png_color>& colours,
               std::vector<png_bytep>& rows,
               png_uint_32 width) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_write_fn(png, &bytes, append, flush);
  png_set_compression_level(png, 9);
  png_set_IHDR(png,
               info,
               width,
               static_cast<png_uint_32>(rows.size()),
               8,
               PNG_COLOR_TYPE_PALETTE,
               PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_set_PLTE(png, info, colours.data(), static_cast<int>(colours.size()));
  png_write_info(png, info);
  png_write_image(png, rows.data());
  png_write_end(png, info);
  return true;
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
  std::vector<png_bytep> rows;
  for (int64_t r = 0; r < TrackPicture::kRows; ++r) {
    rows.push_back(pixels.data() + r * num_columns);
  }
  auto colours = palette();
  std::string bytes;
  png_structp png =
      png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
  const bool done =
      info != nullptr &&
      write_png(png, info, bytes, colours, rows, static_cast<png_uint_32>(num_columns));
  png_destroy_write_struct(&png, &info);
  if (!done) throw Failure("a picture cannot be written as PNG");
  return bytes;
}

}  // namespace sep
