#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sep::report {

/// A spectrogram (TrackPicture::kRows, num_columns) as PNG: `lowest_db` and below the
/// first colour, `highest_db` and above the last. Throws Error for another size.
std::string spectrogram_png(const std::vector<float>& db,
                            int64_t num_columns,
                            float lowest_db,
                            float highest_db);

/// The colour at `place` 0 … 1 as "#rrggbb": from near black over violet and orange to
/// pale yellow, evenly by eye. Lightness rises linearly in OKLab (Ottosson 2020) while
/// the hue turns; chroma is held inside sRGB.
std::string map_colour(double place);

}  // namespace sep::report
