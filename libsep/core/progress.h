#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>

namespace sep {

/// Where long work says how far it is. Library code takes a Progress& and never
/// writes to a stream itself; this base class says nothing. What tells something is called
/// by one thread at a time; stop_requested() by any number at once.
class Progress {
 public:
  virtual ~Progress() = default;

  /// Begins a piece of work of `total` steps; `unit` is their plural, "iterations".
  virtual void begin(const std::string& title, int64_t total, const std::string& unit);
  /// `done` steps are done in all; `detail` is shown beside, "loss 4.8e-04".
  virtual void update(int64_t done, const std::string& detail = "");
  virtual void end();
  /// One line worth keeping: what was done, or what a user should know.
  virtual void note(const std::string& line);
  /// Whether the user wants the work to stop at the next place where nothing is lost.
  virtual bool stop_requested() const { return false; }
  /// Throws Interrupted where stop_requested().
  void throw_if_stopped() const;
};

/// Progress for people. On a terminal a bar with rate and time left, drawn again at
/// most ten times a second and cut to the terminal's width:
///
///     fold 1 violin  [#########           ]  45/75 iterations  1.3/s  0:23 left
///
/// elsewhere (`kLines`) sparse lines: at the start, at most one every ten seconds,
/// at the end, with the time it took. Steps reported within a tenth of a second of
/// begin() count as done before: work taken up again shows its true rate. Where `total`
/// is 0 or less it is not known, and only what is done is shown.
class StreamProgress : public Progress {
 public:
  enum class Style { kBar, kLines };

  /// Seconds since some fixed moment.
  using Clock = std::function<double()>;

  /// `width` in columns; used by kBar. `clock` is for tests; none: the steady clock.
  StreamProgress(std::ostream& stream, Style style, int width = 80, Clock clock = {});
  ~StreamProgress() override;

  void begin(const std::string& title, int64_t total, const std::string& unit) override;
  void update(int64_t done, const std::string& detail = "") override;
  void end() override;
  void note(const std::string& line) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// "0:23", "12:05", "3:07:41".
std::string format_duration(double seconds);

}  // namespace sep
