#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "libsep/audio/spool.h"
#include "libsep/dsp/stft.h"
#include "libsep/separation/detail/long_model.h"

namespace sep {

/// The frames of the blocks of a long recording, there and back; those of the whole
/// recording, each in one block.
class BlockFrames {
 public:
  /// `mixture` must outlive it, and is whole.
  BlockFrames(const StftOptions& stft, const SignalSpool& mixture, const BlockPlan& plan);

  const BlockPlan& plan() const { return plan_; }
  int64_t begin(int64_t block) const;  ///< the block's first frame
  int64_t count(int64_t block) const;  ///< and how many it has

  /// The samples under a block's frames, all channels.
  Signal read(int64_t block) const;

  /// The frames of some channels of read(block).
  Spectrogram forward(const Signal& chunk,
                      int64_t first_channel,
                      int64_t num_channels,
                      int64_t block) const;

  /// The samples that a block gives out, from its frames and those that the blocks before
  /// have left in `tail`, empty at first.
  Signal inverse(Spectrogram& tail, const Spectrogram& spectrogram, int64_t block) const;

  /// What a block gives out of each of `num_stems`, all channels: those of `num_groups`
  /// groups of channels one after another, `separate(group, read(block))` giving a group's.
  using SeparateGroup =
      std::function<std::vector<Signal>(size_t group, const Signal& chunk)>;
  std::vector<Signal> give_out(int64_t block,
                               size_t num_groups,
                               int64_t num_stems,
                               const SeparateGroup& separate) const;

 private:
  Stft stft_;
  const SignalSpool& mixture_;
  BlockPlan plan_;
};

}  // namespace sep
