#pragma once

#include <string>
#include <utility>
#include <vector>

#include "libsep/report/report.h"

namespace sep::report {

// Drawings as SVG and their axes; for use inside this layer.

/// Where an axis is labelled: place 0 (left, bottom) … 1, text.
using Ticks = std::vector<std::pair<double, std::string>>;

/// About `wanted` round values from 0 to `last`.
std::vector<double> round_values(double last, int wanted);

Ticks time_ticks(double seconds, int wanted);
Ticks log_frequency_ticks(const TrackPicture& picture);
Ticks linear_frequency_ticks(const TrackPicture& picture);

/// Extremes and RMS by column; `scale` is the amplitude at the edge.
std::string waveform_svg(const TrackPicture& picture, double scale);

/// Training and validation loss over epochs, with axes.
std::string curve_svg(const LearningCurve& curve);

}  // namespace sep::report
