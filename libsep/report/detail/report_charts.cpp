#include "libsep/report/detail/report_charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "libsep/report/detail/html_text.h"

namespace sep::report {
namespace {

constexpr double kWaveHeight = 100.0;

std::string frequency_text(double hertz) {
  return hertz < 1000.0 ? fmt::format("{:g} Hz", hertz)
                        : fmt::format("{:g} kHz", hertz / 1000.0);
}

/// There along `top`, back along `bottom`.
std::string band_path(const std::vector<float>& top,
                      const std::vector<float>& bottom,
                      double scale) {
  const auto y = [&](float value) {
    return std::clamp(
        kWaveHeight / 2 * (1.0 - static_cast<double>(value) / scale), 0.0, kWaveHeight);
  };
  std::string path = "M";
  for (size_t x = 0; x < top.size(); ++x) path += fmt::format("{} {:.1f} ", x, y(top[x]));
  path += fmt::format(
      "{} {:.1f} {} {:.1f} ", top.size(), y(top.back()), bottom.size(), y(bottom.back()));
  for (size_t x = bottom.size(); x-- > 0;)
    path += fmt::format("{} {:.1f} ", x, y(bottom[x]));
  return path + "Z";
}

/// The inside of a learning curve's chart.
struct Chart {
  double left = 52, top = 8, width = 200, height = 92;
  double lowest = 0.0, highest = 1.0;
  size_t num_epochs = 1;

  double x(size_t epoch) const {
    return num_epochs < 2 ? left + width / 2
                          : left + width * static_cast<double>(epoch) /
                                       static_cast<double>(num_epochs - 1);
  }
  double y(double loss) const {
    return top + height * (highest - loss) / (highest - lowest);
  }
};

Chart chart_of(const LearningCurve& curve) {
  Chart chart;
  chart.num_epochs = std::max<size_t>({curve.train.size(), curve.validation.size(), 1});
  std::vector<double> values;
  for (const auto* series : {&curve.train, &curve.validation}) {
    for (const double v : *series) {
      if (std::isfinite(v)) values.push_back(v);
    }
  }
  if (values.empty()) return chart;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double room = std::max((*high - *low) * 0.08, std::abs(*high) * 0.02 + 1e-12);
  chart.lowest = *low - room;
  chart.highest = *high + room;
  return chart;
}

std::string series_svg(const Chart& chart,
                       const std::vector<double>& values,
                       const char* name) {
  std::string points;
  std::string dots;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) continue;
    points += fmt::format("{:.1f},{:.1f} ", chart.x(i), chart.y(values[i]));
    dots += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"/>",
                        chart.x(i),
                        chart.y(values[i]),
                        values.size() > 30 ? "0.8" : "2");
  }
  return fmt::format("<g class=\"{}\"><polyline points=\"{}\"/>{}</g>", name, points, dots);
}

std::string chart_axes(const Chart& chart) {
  std::string text;
  for (const double place : {0.0, 0.5, 1.0}) {
    const double loss = chart.lowest + place * (chart.highest - chart.lowest);
    text += fmt::format(
        "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
        "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5:.2e}</text>",
        chart.left,
        chart.left + chart.width,
        chart.y(loss),
        chart.left - 5,
        chart.y(loss) + 3.5,
        loss);
  }
  text += fmt::format("<text x=\"{:.1f}\" y=\"116\" text-anchor=\"middle\">1</text>",
                      chart.x(0));
  if (chart.num_epochs > 1) {
    text += fmt::format("<text x=\"{:.1f}\" y=\"116\" text-anchor=\"end\">epoch {}</text>",
                        chart.left + chart.width,
                        chart.num_epochs);
  }
  return text;
}

}  // namespace

std::vector<double> round_values(double last, int wanted) {
  std::vector<double> values = {0.0};
  if (!(last > 0.0)) return values;
  const double ideal = last / std::max(wanted, 1);
  const double decade = std::pow(10.0, std::floor(std::log10(ideal)));
  double step = 10.0 * decade;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * decade >= ideal) step = factor * decade;
  }
  for (int i = 1; step * i <= last * (1.0 + 1e-9); ++i) values.push_back(step * i);
  return values;
}

Ticks time_ticks(double seconds, int wanted) {
  Ticks ticks;
  if (seconds < 5.0) {
    for (const double t : round_values(seconds, wanted)) {
      ticks.emplace_back(t / seconds, fmt::format("{:g} s", std::round(t * 1e6) / 1e6));
    }
    return ticks;
  }
  double step = 3600.0;
  for (const double s : {1800., 900., 600., 300., 120., 60., 30., 15., 10., 5., 2., 1.}) {
    if (seconds / s <= wanted) step = s;
  }
  for (int i = 0; step * i <= seconds; ++i) {
    ticks.emplace_back(step * i / seconds, clock_time(step * i));
  }
  return ticks;
}

Ticks log_frequency_ticks(const TrackPicture& picture) {
  Ticks ticks;
  const double span = std::log(picture.highest_hz / picture.lowest_hz);
  for (const double decade : {1.0, 1e1, 1e2, 1e3, 1e4, 1e5}) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double hertz = factor * decade;
      const double place = std::log(hertz / picture.lowest_hz) / span;
      if (place > 0.03 && place < 0.97) {
        ticks.emplace_back(place, factor == 5.0 ? "" : frequency_text(hertz));
      }
    }
  }
  return ticks;
}

Ticks linear_frequency_ticks(const TrackPicture& picture) {
  Ticks ticks;
  for (const double hertz : round_values(picture.highest_hz, 5)) {
    const double place = hertz / picture.highest_hz;
    if (place > 0.03 && place < 0.97) ticks.emplace_back(place, frequency_text(hertz));
  }
  return ticks;
}

std::string waveform_svg(const TrackPicture& picture, double scale) {
  std::vector<float> below;
  for (const float r : picture.rms) below.push_back(-r);
  return fmt::format(
      "<svg viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      "<path class=\"extremes\" d=\"{}\"/><path class=\"rms\" d=\"{}\"/></svg>",
      picture.num_columns,
      kWaveHeight,
      band_path(picture.high, picture.low, scale),
      band_path(picture.rms, below, scale));
}

std::string curve_svg(const LearningCurve& curve) {
  const auto chart = chart_of(curve);
  std::string best;
  const auto index = static_cast<size_t>(std::max<int64_t>(curve.best_epoch, 1) - 1);
  if (curve.best_epoch > 0 && index < curve.validation.size() &&
      std::isfinite(curve.validation[index])) {
    best = fmt::format("<circle class=\"best\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4.5\"/>",
                       chart.x(index),
                       chart.y(curve.validation[index]));
  }
  return fmt::format(
      "<svg viewBox=\"0 0 260 122\" role=\"img\" aria-label=\"Loss by epoch, {}\">"
      "{}{}{}{}</svg>",
      html_escape(curve.title),
      chart_axes(chart),
      series_svg(chart, curve.train, "train"),
      series_svg(chart, curve.validation, "validation"),
      best);
}

}  // namespace sep::report
