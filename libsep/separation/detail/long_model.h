#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "libsep/audio/spool.h"
#include "libsep/core/signal.h"
#include "libsep/dsp/stft.h"
#include "libsep/model/model_file.h"

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
};

/// One model over a long recording, all its stems; for use by StreamSeparator. The network
/// carries states (StateCarrying).
class LongModel {
 public:
  /// `gain` is the input's (detail/network_estimates.h).
  LongModel(const LoadedModel& model,
            const torch::Device& device,
            const SignalSpool& mixture,
            double gain,
            const BlockPlan& plan);

  /// Work in units of a layer over a block: of prepare(), and of one next().
  double prepare_cost() const;
  double next_cost() const;

  /// Finds what every layer remembers at the borders of the blocks. `report` is told of
  /// work as it is done.
  void prepare(const std::function<void(double)>& report);

  /// The next block of each stem, (C, n).
  std::vector<Signal> next();

 private:
  /// A few channels, computed together, and their states.
  struct Group {
    int64_t first_channel = 0;
    int64_t num_channels = 0;
    std::vector<std::vector<LstmState>> forward;   // by layer, block: as it is entered
    std::vector<std::vector<LstmState>> backward;  // by layer, block: at its last frame
    std::vector<Spectrogram> tails;  // by stem: the separated frames the next block needs
  };

  int64_t num_layers() const { return states_.num_layers(); }
  bool is_last(int64_t block) const { return block + 1 == plan_.num_blocks(); }
  Signal read(int64_t block) const;
  Spectrogram spectrogram(const Group& group, const Signal& chunk, int64_t block) const;
  torch::Tensor run_layers(Group& group,
                           const Spectrogram& spectrogram,
                           int64_t block,
                           int64_t num_layers);
  void sweep(int64_t layer, LstmDirection direction, const std::function<void(double)>&);
  std::vector<Spectrogram> separate(Group& group, const Signal& chunk, int64_t block);
  Signal overlap_add(Spectrogram& tail, const Spectrogram& spectrogram, int64_t block);

  Network& network_;
  StateCarrying& states_;
  torch::Device device_;
  Stft stft_;
  const SignalSpool& mixture_;
  double gain_;
  BlockPlan plan_;
  std::vector<Group> groups_;
  int64_t next_block_ = 0;
};

}  // namespace sep
