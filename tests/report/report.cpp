#include "libsep/report/report.h"

#include "libsep/core/error.h"
#include "libsep/report/detail/html_text.h"
#include "libsep/report/detail/report_charts.h"
#include "libsep/report/text.h"
#include "tests/support/catch.h"

using namespace sep;
using namespace sep::report;

namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Page small_page() {
  Page page;
  page.title = "a <b> & \"c\"";
  page.seconds = 0.5;
  page.tracks.push_back(
      track_of_signal("violin", TrackRole::kWhole, make_silence(1, 22050, 44100)));
  return page;
}

}  // namespace

TEST_CASE("text is escaped for HTML", "[eval][report]") {
  CHECK(html_escape("a<b>&\"'c") == "a&lt;b&gt;&amp;&quot;&#39;c");
  const auto page = render_page(small_page());
  CHECK(holds(page, "<title>a &lt;b&gt; &amp; &quot;c&quot;</title>"));
  CHECK_FALSE(holds(page, "<b> &"));
}

TEST_CASE("base64 is RFC 4648's", "[eval][report]") {
  // The examples of its section 10.
  const std::pair<std::string, std::string> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) CHECK(base64(bytes) == text);
  CHECK(base64("\xff\xfe\xfd") == "//79");
}

TEST_CASE("numbers have a minus sign and no negative zero", "[eval][report]") {
  CHECK(decimal_text(-12.34) == "−12.3");
  CHECK(decimal_text(-0.001, 2) == "0.00");
  CHECK(decimal_text(0.25, 2) == "0.25");
  CHECK(level_text(0.0) == "silent");
  CHECK(level_text(0.1) == "−20.0 dB");
}

TEST_CASE("URLs are escaped", "[eval][report]") {
  CHECK(url_of("../a b/c#d?.wav") == "../a%20b/c%23d%3F.wav");
  CHECK(url_of("ü.wav") == "%C3%BC.wav");
}

TEST_CASE("axes have round values", "[eval][report]") {
  CHECK(round_values(10.0, 5) == std::vector<double>{0, 2, 4, 6, 8, 10});
  CHECK(round_values(20000.0, 5) == std::vector<double>{0, 5000, 10000, 15000, 20000});
  CHECK(round_values(0.0, 5) == std::vector<double>{0});
  const auto ticks = time_ticks(125.0, 5);
  REQUIRE(ticks.size() == 5);
  CHECK(ticks[1].second == "0:30");
  CHECK(ticks[4].first == Approx(120.0 / 125.0));
  CHECK(time_ticks(0.1, 5)[1].second == "0.02 s");
  CHECK(time_ticks(3600.0, 10)[1].second == "10:00");
}

TEST_CASE("a page stands alone", "[eval][report]") {
  const auto page = render_page(small_page());
  CHECK(holds(page, "data:image/png;base64,"));
  CHECK_FALSE(holds(page, "http:"));
  CHECK_FALSE(holds(page, "https:"));
  CHECK_FALSE(holds(page, "<link rel=\"stylesheet\""));
  CHECK(holds(page, "peak silent"));
  Page tables;
  tables.title = "t";
  tables.tables = {{"Scores", {"", "x"}, {{"violin", "1<2"}}, 1}};
  const auto text = render_page(tables);
  CHECK(holds(text, "1&lt;2"));
  CHECK_FALSE(holds(text, "id=\"player\""));
}

TEST_CASE("audio up to ten minutes lies in the page", "[eval][report]") {
  CHECK(fits_into_page(600.0));
  CHECK_FALSE(fits_into_page(600.1));
  const auto beside = track_of_signal("a", TrackRole::kPart, make_silence(1, 4808, 8));
  CHECK(beside.opus.empty());
  const auto inside = track_of_signal("a", TrackRole::kPart, make_silence(1, 4800, 8000));
  CHECK(inside.opus.substr(0, 4) == "OggS");
}

TEST_CASE("a track in pieces is the track at once", "[eval][report]") {
  auto signal = make_silence(2, 20000, 22050);
  for (size_t i = 0; i < signal.samples.size(); ++i) {
    signal.samples[i] = static_cast<float>(i % 97) / 200.0F;
  }
  const auto whole = track_of_signal("a", TrackRole::kOther, signal);
  TrackBuilder builder("a", TrackRole::kOther, 2, 22050, 20000);
  for (int64_t n = 0; n < 20000; n += 3001) {
    builder.add(slice(signal, n, std::min<int64_t>(n + 3001, 20000)));
    builder.add(slice(signal, n, n));
  }
  const auto pieces = builder.finish();
  CHECK(pieces.picture.log_db == whole.picture.log_db);
  CHECK(pieces.opus.size() == whole.opus.size());
  TrackBuilder too_few("a", TrackRole::kOther, 2, 22050, 20001);
  too_few.add(signal);
  CHECK_THROWS_AS(too_few.finish(), Error);
}

TEST_CASE("the same page twice is the same text and pictures", "[eval][report]") {
  auto signal = make_silence(1, 20000, 22050);
  for (size_t i = 0; i < signal.samples.size(); ++i) {
    signal.samples[i] = static_cast<float>(i % 89) / 200.0F;
  }
  const auto render = [&] {
    Page page;
    page.title = "twice";
    page.seconds = signal.seconds();
    page.tracks.push_back(track_of_signal("violin", TrackRole::kPart, signal));
    page.tracks.back().opus = "audio";
    return render_page(page);
  };
  const auto first = render();
  CHECK(holds(first, "data:image/png;base64,"));
  CHECK(render() == first);
}

TEST_CASE("learning curves are drawn with what there is", "[eval][report]") {
  LearningCurve curve{"fold <1>", {3.0, 2.0, 1.0}, {4.0, 2.5, 2.6}, 2};
  const auto svg = curve_svg(curve);
  CHECK(holds(svg, "fold &lt;1&gt;"));
  CHECK(holds(svg, "class=\"best\""));
  CHECK(holds(svg, "epoch 3"));
  CHECK_FALSE(holds(svg, "nan"));
  const LearningCurve one{"one", {3.0}, {std::nan("")}, 1};
  CHECK_FALSE(holds(curve_svg(one), "nan"));
  CHECK_FALSE(holds(curve_svg({"none", {}, {}, 0}), "nan"));
}
