#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "libsep/audio/resample.h"
#include "libsep/core/signal.h"
#include "libsep/separation/separator.h"
#include "libsep/separation/stream_separator.h"

namespace sep::detail {

/// The rates that a recording is taken to have in the passes after the first, so that it
/// plays 3 % faster, 3 % slower, 6 % faster, 6 % slower …
std::vector<int64_t> pass_rates(int64_t sample_rate, int64_t num_passes);

/// A recording of `rate` instead of its own.
Signal with_rate(Signal signal, int64_t rate);

/// Adds the first samples of each channel of `more`, which is at least as long.
void add_to(Signal& sum, const Signal& more);

void scale(std::map<StemName, Signal>& stems, double gain);

/// All passes but the first of a long recording, in step with that one.
class OtherPasses {
 public:
  OtherPasses(const Separator& separator,
              int64_t num_channels,
              const StreamOptions& options);
  ~OtherPasses();

  void push(const Signal& block);

  /// Called with a pass, from 0, and the part of its work that is done.
  using Report = std::function<void(size_t, double)>;
  void finish(const Report& report);

  /// Makes of the first pass's next block the mean of all passes.
  void average(std::map<StemName, Signal>& block);

 private:
  struct Pass;

  Separator separator_;  // the same models in one pass
  std::vector<std::unique_ptr<Pass>> passes_;
};

}  // namespace sep::detail
