#include "libsep/core/progress.h"

#include <algorithm>
#include <limits>
#include <sstream>
#include <vector>

#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/told_progress.h"

using Catch::Matchers::Contains;
using sep::StreamProgress;

namespace {

// What a terminal shows: \r goes to the line's beginning, \x1b[K erases from there on.
class Screen {
 public:
  explicit Screen(const std::string& written) {
    lines_.emplace_back();
    for (size_t i = 0; i < written.size(); ++i) put(written, i);
  }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  void put(const std::string& written, size_t& i) {
    if (written[i] == '\n') {
      lines_.emplace_back();
      column_ = 0;
    } else if (written[i] == '\r') {
      column_ = 0;
    } else if (written.compare(i, 3, "\x1b[K") == 0) {
      lines_.back().resize(column_);
      i += 2;
    } else {
      lines_.back().resize(std::max(lines_.back().size(), column_ + 1));
      lines_.back()[column_++] = written[i];
    }
  }

  std::vector<std::string> lines_;
  size_t column_ = 0;
};

struct Bench {
  std::ostringstream stream;
  double now = 100.0;

  StreamProgress make(StreamProgress::Style style, int width = 80) {
    return StreamProgress(stream, style, width, [this] { return now; });
  }
  std::vector<std::string> screen() const { return Screen(stream.str()).lines(); }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a bar shows how far, how fast and how long", "[core][progress]") {
  Bench bench;
  auto progress = bench.make(StreamProgress::Style::kBar);
  progress.begin("fold 1 violin", 75, "iterations");
  CHECK(bench.screen() == Lines{"fold 1 violin  [                    ]  0/75 iterations"});
  bench.now += 30.0;
  progress.update(45);
  CHECK(bench.screen() ==
        Lines{"fold 1 violin  [############        ]  45/75 iterations  1.5/s  0:20 left"});
  bench.now += 20.0;
  progress.update(75);
  progress.end();
  CHECK(bench.screen() ==
        Lines{"fold 1 violin  [####################]  75/75 iterations  0:50", ""});
}

TEST_CASE("a bar is drawn at most ten times a second", "[core][progress]") {
  Bench bench;
  auto progress = bench.make(StreamProgress::Style::kBar);
  progress.begin("x", 1000, "steps");
  for (int i = 1; i <= 1000; ++i) {
    bench.now += 0.001953125;  // 2^-9, so that sums are exact
    progress.update(i);
  }
  const std::string written = bench.stream.str();
  const auto num_drawn = std::count(written.begin(), written.end(), '\r');
  // 1.95 seconds, and one at the beginning.
  CHECK(num_drawn <= 1 + 19);
  CHECK(num_drawn >= 15);
}

TEST_CASE("a bar never fills the terminal's last column", "[core][progress][property]") {
  const auto width = GENERATE(1, 10, 40, 80, 200);
  Bench bench;
  auto progress = bench.make(StreamProgress::Style::kBar, width);
  progress.begin("a long title that says very much indeed", 10, "iterations");
  bench.now += 1.0;
  progress.update(5, "loss 4.8e-04 and some more words\nthat would begin a line");
  REQUIRE(bench.screen().size() == 1);
  CHECK(static_cast<int>(bench.screen()[0].size()) < width);
}

TEST_CASE("letters of several bytes are cut whole", "[core][progress]") {
  Bench bench;
  auto progress = bench.make(StreamProgress::Style::kBar, 4);
  progress.begin("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 10, "x");
  CHECK(bench.screen() == Lines{"\xC3\xA9\xC3\xA9\xC3\xA9"});
}

TEST_CASE("a note leaves the bar whole below it", "[core][progress]") {
  Bench bench;
  auto progress = bench.make(StreamProgress::Style::kBar);
  progress.note("before");
  progress.begin("a title of some length", 4, "folds");
  progress.note("short");
  progress.note("done with one");
  CHECK(bench.screen() ==
        Lines{"before",
              "short",
              "done with one",
              "a title of some length  [                    ]  0/4 folds"});
  progress.end();
  progress.note("after");
  const auto lines = bench.screen();
  CHECK(lines[lines.size() - 2] == "after");
}

TEST_CASE("work taken up again shows its true rate", "[core][progress]") {
  Bench bench;
  auto progress = bench.make(StreamProgress::Style::kBar);
  progress.begin("x", 100, "steps");
  progress.update(80);
  bench.now += 5.0;
  progress.update(90);
  CHECK_THAT(bench.screen()[0], Contains("90/100 steps  2.0/s  0:05 left"));
}

TEST_CASE("lines are sparse", "[core][progress]") {
  Bench bench;
  auto progress = bench.make(StreamProgress::Style::kLines);
  progress.begin("fold 1 violin", 60, "iterations");
  for (int i = 1; i <= 30; ++i) {
    bench.now += 0.5;
    progress.update(i, "loss 0.5");
  }
  progress.note("a note");
  progress.end();
  CHECK(bench.screen() ==
        Lines{"fold 1 violin: 0/60 iterations",
              "fold 1 violin: 20/60 iterations, 2.0/s, 0:20 left, loss 0.5",
              "a note",
              "fold 1 violin: 30/60 iterations, 0:15, loss 0.5",
              ""});
}

TEST_CASE("an unknown total shows what is done", "[core][progress]") {
  Bench bench;
  auto progress = bench.make(StreamProgress::Style::kLines);
  progress.begin("reading", 0, "blocks");
  bench.now += 20.0;
  progress.update(1);
  CHECK(bench.screen() == Lines{"reading: 0 blocks", "reading: 1 blocks, 0.050/s", ""});
}

TEST_CASE("a bar that is left ends its line", "[core][progress]") {
  Bench bench;
  {
    auto progress = bench.make(StreamProgress::Style::kBar);
    progress.begin("x", 3, "steps");
  }
  CHECK(bench.stream.str().back() == '\n');
  {
    Bench unused;
    unused.make(StreamProgress::Style::kBar).update(3);
    CHECK(unused.stream.str().empty());
  }
}

TEST_CASE("beginning again ends what ran before", "[core][progress]") {
  Bench bench;
  auto progress = bench.make(StreamProgress::Style::kLines);
  progress.begin("one", 2, "steps");
  progress.begin("two", 3, "steps");
  CHECK(bench.screen() ==
        Lines{"one: 0/2 steps", "one: 0/2 steps, 0:00", "two: 0/3 steps", ""});
}

TEST_CASE("silence says nothing and takes every call", "[core][progress]") {
  sep::Progress progress;
  CHECK_NOTHROW(progress.begin("x", 1, "steps"));
  CHECK_NOTHROW(progress.update(1));
  CHECK_NOTHROW(progress.note("line"));
  CHECK_NOTHROW(progress.end());
}

TEST_CASE("durations read like clocks", "[core][progress]") {
  CHECK(sep::format_duration(0.0) == "0:00");
  CHECK(sep::format_duration(22.6) == "0:23");
  CHECK(sep::format_duration(59.6) == "1:00");
  CHECK(sep::format_duration(725.0) == "12:05");
  CHECK(sep::format_duration(3599.4) == "59:59");
  CHECK(sep::format_duration(3599.5) == "1:00:00");
  CHECK(sep::format_duration(11261.0) == "3:07:41");
  CHECK(sep::format_duration(-1.0) == "0:00");
  CHECK(sep::format_duration(std::numeric_limits<double>::infinity()) == "?");
}

TEST_CASE("a wish to stop is thrown where it is asked for", "[core][progress]") {
  ToldProgress told(1);
  CHECK_NOTHROW(told.throw_if_stopped());
  told.update(1, "");
  CHECK_THROWS_AS(told.throw_if_stopped(), sep::Interrupted);
  CHECK_FALSE(std::is_base_of_v<sep::Error, sep::Interrupted>);
  CHECK_FALSE(std::is_base_of_v<sep::Failure, sep::Interrupted>);
}
