#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "libsep/core/version.h"
#include "libsep/report/detail/html_text.h"
#include "libsep/report/detail/report_charts.h"
#include "libsep/report/detail/spectrogram_png.h"
#include "libsep/report/report.h"
#include "libsep/report/text.h"
#include "report_assets.h"  // made from report/ at build time

namespace sep::report {
namespace {

constexpr float kRangeDb = 80.0F;

/// What all tracks of a page are drawn with.
struct Scales {
  double amplitude = 1.0;
  float lowest_db = -kRangeDb;
  float highest_db = 0.0F;
};

Scales scales_of(const std::vector<Track>& tracks) {
  Scales scales;
  float peak = 0.0F;
  float loudest = TrackPicture::kSilence;
  for (const auto& track : tracks) {
    peak = std::max(peak, track.picture.peak);
    loudest = std::max(loudest, track.picture.loudest_db);
  }
  if (peak > 0.0F) {
    const double decade = std::pow(10.0, std::floor(std::log10(peak)));
    for (const double factor : {10.0, 8.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.5, 1.2, 1.0}) {
      if (factor * decade >= static_cast<double>(peak) * (1.0 - 1e-6)) {
        scales.amplitude = factor * decade;
      }
    }
  }
  if (loudest > TrackPicture::kSilence) {
    scales.highest_db = 5.0F * std::ceil(loudest / 5.0F);
    scales.lowest_db = scales.highest_db - kRangeDb;
  }
  return scales;
}

std::string capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  return text;
}

/// Labels beside a plot, from the bottom up.
std::string y_axis(const Ticks& ticks, const char* name) {
  std::string text = fmt::format("<div class=\"y {}\" aria-hidden=\"true\">", name);
  for (const auto& [place, label] : ticks) {
    text += fmt::format("<span style=\"bottom:{:.2f}%\">{}</span>", 100.0 * place, label);
  }
  return text + "</div>";
}

std::string x_axis(double seconds) {
  std::string text;
  for (const auto& [wanted, name] : {std::pair{10, "wide"}, std::pair{5, "narrow"}}) {
    text += fmt::format("<div class=\"x {}\" aria-hidden=\"true\">", name);
    for (const auto& [place, label] : time_ticks(seconds, wanted)) {
      const char* edge = place < 0.02   ? " class=\"first\""
                         : place > 0.98 ? " class=\"last\""
                                        : "";
      text += fmt::format(
          "<span{} style=\"left:{:.3f}%\">{}</span>", edge, 100.0 * place, label);
    }
    text += "</div>";
  }
  return text;
}

std::string image(const std::string& png, const char* name) {
  return fmt::format(
      "<img class=\"{}\" alt=\"\" draggable=\"false\" src=\"data:image/png;base64,{}\">",
      name,
      base64(png));
}

std::string plots(const Track& track, const Scales& scales) {
  const auto& picture = track.picture;
  const auto png = [&](const std::vector<float>& db) {
    return spectrogram_png(db, picture.num_columns, scales.lowest_db, scales.highest_db);
  };
  const Ticks amplitude = {{1.0, fmt::format("{:g}", scales.amplitude)},
                           {0.5, "0"},
                           {0.0, fmt::format("−{:g}", scales.amplitude)}};
  const auto name = html_escape(track.name);
  return fmt::format(
      "<div class=\"plot wave\" role=\"img\" aria-label=\"Waveform of {0}: peak {1}\">"
      "{2}{3}</div>"
      "<div class=\"plot spectrogram\" role=\"img\" aria-label=\"Spectrogram of {0}, "
      "{4:.0f} Hz to {5:g} kHz\">{6}{7}{8}{9}</div>",
      name,
      level_text(picture.peak),
      y_axis(amplitude, "amplitude"),
      waveform_svg(picture, scales.amplitude),
      picture.lowest_hz,
      picture.highest_hz / 1000.0,
      y_axis(log_frequency_ticks(picture), "log"),
      y_axis(linear_frequency_ticks(picture), "linear"),
      image(png(picture.log_db), "log"),
      image(png(picture.linear_db), "linear"));
}

std::string notes(const Track& track) {
  std::string text = fmt::format("<p>peak {} · RMS {}</p>",
                                 level_text(track.picture.peak),
                                 level_text(track.picture.total_rms));
  for (const auto& note : track.notes) {
    text += fmt::format("<p>{}</p>", html_escape(note));
  }
  return text;
}

std::string track_html(const Track& track, size_t index, const Scales& scales) {
  static constexpr const char* kRoles[] = {"whole", "part", "other"};
  const auto name = html_escape(track.name);
  const auto key = index < 9    ? fmt::format("{}", index + 1)
                   : index == 9 ? std::string("0")
                                : std::string();
  const auto badge = key.empty() ? "" : fmt::format("<kbd>{}</kbd>", key);
  return fmt::format(
      "<section class=\"track\" data-role=\"{role}\" data-name=\"{name}\" "
      "data-url=\"{url}\" data-channels=\"{channels}\" aria-label=\"{name}\">"
      "<div class=\"head\"><button type=\"button\" class=\"listen\" aria-pressed=\"false\" "
      "aria-label=\"Listen to {name}\">{badge}<span>{title}</span></button>"
      "<div class=\"toggles\"><button type=\"button\" class=\"mute\" "
      "aria-pressed=\"false\" "
      "aria-label=\"Mute {name}\" title=\"Mute (M)\">M</button>"
      "<button type=\"button\" class=\"solo\" aria-pressed=\"false\" "
      "aria-label=\"Solo {name}\" title=\"Solo (S)\">S</button></div>"
      "<div class=\"notes\">{notes}</div></div>"
      "<div class=\"plots\">{plots}</div>"
      "<script type=\"text/plain\" class=\"audio\">{audio}</script></section>\n",
      fmt::arg("role", kRoles[static_cast<size_t>(track.role)]),
      fmt::arg("name", name),
      fmt::arg("url", html_escape(track.url)),
      fmt::arg("channels", track.num_channels == 2 ? 2 : 1),
      fmt::arg("badge", badge),
      fmt::arg("title", capitalized(name)),
      fmt::arg("notes", notes(track)),
      fmt::arg("plots", plots(track, scales)),
      fmt::arg("audio", base64(track.opus)));
}

std::string colour_bar(const Scales& scales) {
  std::string stops;
  for (int i = 0; i <= 16; ++i) {
    stops += (i > 0 ? "," : "") + map_colour(static_cast<double>(i) / 16.0);
  }
  return fmt::format(
      "<div class=\"bar\" role=\"img\" aria-label=\"Colours from {0} to {1} dB\">"
      "<span>{0}</span><i style=\"background:linear-gradient(90deg,{2})\"></i>"
      "<span>{1} dB</span></div>",
      decimal_text(scales.lowest_db, 0),
      decimal_text(scales.highest_db, 0),
      stops);
}

std::string player_html(const Page& page) {
  if (page.tracks.empty()) return "";
  const auto scales = scales_of(page.tracks);
  std::string tracks;
  for (size_t i = 0; i < page.tracks.size(); ++i) {
    tracks += track_html(page.tracks[i], i, scales);
  }
  return fmt::format(fmt::runtime(assets::kPlayer),
                     fmt::arg("seconds", page.seconds),
                     fmt::arg("total", clock_time(page.seconds)),
                     fmt::arg("bar", colour_bar(scales)),
                     fmt::arg("axis", x_axis(page.seconds)),
                     fmt::arg("tracks", tracks));
}

/// One row; its name is for the ear alone where it is that of the row above.
std::string row_html(const Table& table, const std::vector<std::string>& row, bool is_new) {
  std::string text = is_new ? "<tr class=\"group\">" : "<tr>";
  for (size_t i = 0; i < row.size(); ++i) {
    const auto cell = html_escape(row[i]);
    if (i == 0) {
      text += fmt::format("<th scope=\"row\"><span{}>{}</span></th>",
                          is_new ? "" : " class=\"unseen\"",
                          cell);
    } else {
      text +=
          fmt::format("<td{}>{}</td>", i < table.num_names ? " class=\"name\"" : "", cell);
    }
  }
  return text + "</tr>";
}

std::string table_html(const Table& table) {
  const auto title = html_escape(table.title);
  std::string text = fmt::format(
      "<section aria-label=\"{0}\"><h2>{0}</h2>"
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\">"
      "<table><thead><tr>",
      title);
  for (size_t i = 0; i < table.header.size(); ++i) {
    text += fmt::format("<th scope=\"col\"{}>{}</th>",
                        i < table.num_names ? " class=\"name\"" : "",
                        html_escape(table.header[i]));
  }
  text += "</tr></thead><tbody>";
  for (size_t r = 0; r < table.rows.size(); ++r) {
    const bool is_new = r == 0 || table.rows[r][0] != table.rows[r - 1][0];
    text += row_html(table, table.rows[r], is_new);
  }
  return text + "</tbody></table></div></section>\n";
}

std::string curves_html(const std::vector<LearningCurve>& curves) {
  if (curves.empty()) return "";
  std::string text =
      "<section><h2>Learning curves</h2><p class=\"legend\"><b class=\"train\">training</b>"
      " and <b class=\"validation\">validation</b> loss by epoch; the ring is the epoch "
      "that was kept.</p><div class=\"curves\">";
  for (const auto& curve : curves) {
    text += fmt::format("<figure><figcaption>{}</figcaption>{}</figure>",
                        html_escape(curve.title),
                        curve_svg(curve));
  }
  return text + "</div></section>";
}

std::string header_html(const Page& page) {
  std::string text = fmt::format("<h1>{}</h1><dl>", html_escape(page.title));
  for (const auto& [what, value] : page.facts) {
    text += fmt::format(
        "<div><dt>{}</dt><dd>{}</dd></div>", html_escape(what), html_escape(value));
  }
  text += "</dl>";
  for (const auto& remark : page.remarks) {
    text += fmt::format("<p class=\"remark\">{}</p>", html_escape(remark));
  }
  return text;
}

std::string links_html(const Page& page) {
  if (page.links.empty()) return "";
  std::string text = "<nav aria-label=\"Pages\"><ul>";
  for (const auto& [name, url] : page.links) {
    text +=
        fmt::format("<li><a href=\"{}\">{}</a></li>", html_escape(url), html_escape(name));
  }
  return text + "</ul></nav>";
}

}  // namespace

std::string render_page(const Page& page) {
  std::string tables;
  for (const auto& table : page.tables) tables += table_html(table);
  return fmt::format(fmt::runtime(assets::kPage),
                     fmt::arg("title", html_escape(page.title)),
                     fmt::arg("style", assets::kStyle),
                     fmt::arg("header", header_html(page)),
                     fmt::arg("links", links_html(page)),
                     fmt::arg("player", player_html(page)),
                     fmt::arg("tables", tables),
                     fmt::arg("curves", curves_html(page.curves)),
                     fmt::arg("version", html_escape(version())),
                     fmt::arg("script", page.tracks.empty() ? "" : assets::kScript));
}

}  // namespace sep::report
