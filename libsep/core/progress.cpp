#include "libsep/core/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr double kBarInterval = 0.1;
constexpr double kLineInterval = 10.0;
// Steps reported this soon were done before: work that was taken up again.
constexpr double kHeadStart = 0.1;
constexpr int64_t kBarWidth = 20;
constexpr const char* kEraseLine = "\r\x1b[K";

double steady_seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

// On one line and at most `width` characters long.
std::string fit(const std::string& text, int width) {
  std::string line;
  int num_characters = 0;
  for (const char c : text) {
    if (starts_character(c) && ++num_characters > width) break;
    line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return line;
}

}  // namespace

void Progress::begin(const std::string& /*title*/,
                     int64_t /*total*/,
                     const std::string& /*unit*/) {}
void Progress::update(int64_t /*done*/, const std::string& /*detail*/) {}
void Progress::end() {}
void Progress::note(const std::string& /*line*/) {}
void Progress::throw_if_stopped() const {
  if (stop_requested()) throw Interrupted();
}

struct StreamProgress::State {
  State(std::ostream& out, Style how, int columns, Clock time)
      : stream(out), style(how), width(columns), clock(std::move(time)) {}

  std::ostream& stream;
  Style style;
  int width;
  Clock clock;

  bool active = false;
  std::string title;
  std::string unit;
  std::string detail;
  int64_t total = 0;
  int64_t done = 0;
  double began = 0.0;
  double shown = 0.0;       // when something was last written
  double rate_began = 0.0;  // the rate counts from here,
  int64_t rate_first = 0;   // where so many steps were done

  std::string counts() const {
    return total > 0 ? fmt::format("{}/{} {}", done, total, unit)
                     : fmt::format("{} {}", done, unit);
  }

  double rate() const {
    const double seconds = clock() - rate_began;
    return seconds > 0.0 ? static_cast<double>(done - rate_first) / seconds : 0.0;
  }

  // "45/75 iterations, 1.3/s, 0:23 left, loss 4.8e-04"; what is not known is left out.
  std::string status(const char* separator) const {
    std::string text = counts();
    const double steps = rate();
    if (!active) {
      text += separator + format_duration(clock() - began);
    } else if (steps > 0.0) {
      text += separator + fmt::format("{:.{}f}/s", steps, steps < 0.1 ? 3 : 1);
      if (total > done) {
        text += separator + format_duration(static_cast<double>(total - done) / steps) +
                " left";
      }
    }
    return detail.empty() ? text : text + separator + detail;
  }

  std::string bar() const {
    const int64_t steps = std::clamp(done, int64_t{0}, std::max(total, int64_t{0}));
    const int64_t filled = total > 0 ? static_cast<int64_t>(static_cast<double>(kBarWidth) *
                                                            static_cast<double>(steps) /
                                                            static_cast<double>(total))
                                     : 0;
    return fmt::format("[{}{}]",
                       std::string(static_cast<size_t>(filled), '#'),
                       std::string(static_cast<size_t>(kBarWidth - filled), ' '));
  }

  void show() {
    shown = clock();
    if (style == Style::kLines) {
      stream << fit(title + ": " + status(", "), 1000) << '\n';
    } else {
      // One column short: a full last one would begin a new line.
      stream << kEraseLine << fit(title + "  " + bar() + "  " + status("  "), width - 1);
    }
    stream.flush();
  }
};

StreamProgress::StreamProgress(std::ostream& stream, Style style, int width, Clock clock)
    : state_(std::make_unique<State>(
          stream, style, width, clock ? std::move(clock) : Clock(steady_seconds))) {}

StreamProgress::~StreamProgress() {
  // Work that ended in an exception: the message must not stand behind the bar.
  if (state_->active && state_->style == Style::kBar) state_->stream << '\n' << std::flush;
}

void StreamProgress::begin(const std::string& title,
                           int64_t total,
                           const std::string& unit) {
  end();
  State& state = *state_;
  state.title = title;
  state.unit = unit;
  state.detail.clear();
  state.total = total;
  state.done = state.rate_first = 0;
  state.began = state.rate_began = state.clock();
  state.active = true;
  state.show();
}

void StreamProgress::update(int64_t done, const std::string& detail) {
  State& state = *state_;
  if (!state.active) return;
  state.done = done;
  state.detail = detail;
  const double now = state.clock();
  if (now - state.began < kHeadStart) {
    state.rate_began = now;
    state.rate_first = done;
  }
  const double interval = state.style == Style::kBar ? kBarInterval : kLineInterval;
  if (now - state.shown >= interval) state.show();
}

void StreamProgress::end() {
  State& state = *state_;
  if (!state.active) return;
  state.active = false;
  state.show();
  if (state.style == Style::kBar) state.stream << '\n' << std::flush;
}

void StreamProgress::note(const std::string& line) {
  State& state = *state_;
  const bool has_bar = state.active && state.style == Style::kBar;
  state.stream << (has_bar ? kEraseLine : "") << one_line(line) << '\n' << std::flush;
  if (has_bar) state.show();
}

std::string format_duration(double seconds) {
  if (!std::isfinite(seconds) || seconds > 1e9) return "?";
  const auto whole = static_cast<int64_t>(std::llround(std::max(seconds, 0.0)));
  const int64_t minutes = whole / 60;
  if (minutes < 60) return fmt::format("{}:{:02}", minutes, whole % 60);
  return fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, whole % 60);
}

}  // namespace sep
