#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "libsep/audio/spool.h"
#include "libsep/core/signal.h"
#include "libsep/model/model_file.h"
#include "libsep/separation/detail/network_estimates.h"

namespace sep {

/// How a recording of N samples is cut into blocks, for models of any STFT:
///
///     block k      frames centred on samples [k * length, (k+1) * length); the last one
///                  takes what is left, at most a frame more
///     given out    samples [k * length - delay, (k+1) * length - delay), the first from
///                  0, the last to N
///
/// Both are multiples of every model's hop; delay is at least half of every window, so
/// that all frames that a sample needs are there when it is given out.
struct BlockPlan {
  int64_t length = 0;
  int64_t delay = 0;
  int64_t num_samples = 0;

  int64_t num_blocks() const { return num_samples / length + 1; }
  bool is_last(int64_t block) const { return block + 1 == num_blocks(); }

  /// The samples that a block gives out.
  int64_t begin(int64_t block) const { return block == 0 ? 0 : block * length - delay; }
  int64_t end(int64_t block) const {
    return is_last(block) ? num_samples : (block + 1) * length - delay;
  }
};

/// One model over a long recording, all its stems; for use by StreamSeparator.
class LongModel {
 public:
  virtual ~LongModel() = default;

  /// Work of prepare(), and of one next(), in a unit of its own.
  virtual double prepare_cost() const = 0;
  virtual double next_cost() const = 0;

  /// What must be known of the whole recording before its first block. `report` is told of
  /// work as it is done.
  virtual void prepare(const std::function<void(double)>& report) = 0;

  /// The next block of each stem, (C, n).
  virtual std::vector<Signal> next() = 0;
};

/// By carried states where the network has them, with what its layers give on the disk
/// where that is not much (recorded_model.h) or without (carried_model.h), else in blocks
/// that overlap (block_model.h). `scaling` is the input's (network_estimates.h), `folder`
/// is for what is kept on the disk.
std::unique_ptr<LongModel> make_long_model(const LoadedModel& model,
                                           const torch::Device& device,
                                           const SignalSpool& mixture,
                                           const detail::InputScaling& scaling,
                                           const BlockPlan& plan,
                                           const std::filesystem::path& folder);

}  // namespace sep
