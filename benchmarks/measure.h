#pragma once

#include <benchmark/benchmark.h>
#include <sys/resource.h>

namespace bench {

/// Counter `name`: `count` of something an iteration, as a rate a second.
inline void set_rate(benchmark::State& state, const char* name, double count) {
  state.counters[name] =
      benchmark::Counter(count * double(state.iterations()), benchmark::Counter::kIsRate);
}

/// Counter `x_realtime`: seconds of audio a second.
inline void set_realtime(benchmark::State& state, double seconds_of_audio) {
  set_rate(state, "x_realtime", seconds_of_audio);
}

/// Processor time of this process and of the children it has waited for, in seconds.
inline double processor_seconds() {
  double seconds = 0.0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(who, &usage);
    for (const auto& time : {usage.ru_utime, usage.ru_stime}) {
      seconds += double(time.tv_sec) + 1e-6 * double(time.tv_usec);
    }
  }
  return seconds;
}

/// Counter `processor_ms`: what an iteration takes of all cores, from construction to
/// destruction. On a busy machine it says more than the clock.
class ProcessorCounter {
 public:
  explicit ProcessorCounter(benchmark::State& state)
      : state_(state), start_(processor_seconds()) {}
  ~ProcessorCounter() {
    state_.counters["processor_ms"] =
        1e3 * (processor_seconds() - start_) / double(state_.iterations());
  }
  ProcessorCounter(const ProcessorCounter&) = delete;
  ProcessorCounter& operator=(const ProcessorCounter&) = delete;

 private:
  benchmark::State& state_;
  double start_;
};

}  // namespace bench
