#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libsep/core/config.h"
#include "libsep/core/random.h"
#include "libsep/dsp/stft.h"
#include "libsep/model/lstm_state.h"

namespace sep {

class BatchSplitting;
class StateCarrying;

/// What a network takes and gives. B mixtures, S stems, C channels, T frames, F bins, N
/// samples:
///
///     kMagnitude   |X| (B, T, F)          -> real masks (B, S, T, F), of |X| and of X
///     kSpectrum    X (B, T, F), complex   -> complex masks (B, S, T, F)
///     kWaveform    samples (B, C, N)      -> samples (B, S, C, N)
///
/// In the first two a channel is a mixture of its own.
enum class NetworkDomain { kMagnitude, kSpectrum, kWaveform };
template <>
struct EnumNames<NetworkDomain> {
  static constexpr std::pair<NetworkDomain, std::string_view> kValues[] = {
      {NetworkDomain::kMagnitude, "magnitude"},
      {NetworkDomain::kSpectrum, "spectrum"},
      {NetworkDomain::kWaveform, "waveform"}};
};

/// How loud a network's input is, in training and in use.
enum class InputLevel {
  kAsIs,     ///< as the recording is
  kUnitRms,  ///< the mixture, all channels together, scaled to a root mean square of 1; a
             ///< file's over its whole length, so that quiet and loud ones are alike
};

/// What a network is built for, besides its own options.
struct NetworkInput {
  StftOptions stft;             ///< of the domains with bins
  int64_t sample_rate = 44100;  ///< Hz
  int64_t num_stems = 1;        ///< S
};

/// What a network costs a frame of one mixture (kWaveform: a sample of one channel).
struct NetworkCost {
  double operations = 0.0;  ///< floating-point, of forward(), a multiply-add being two.
                            ///< Training takes three times as many: forward, and two
                            ///< products a weight backward
  double bytes = 0.0;       ///< of a training iteration that grow with the whole batch
  double part_bytes = 0.0;  ///< and those that grow with what goes through the layers at a
                            ///< time, where a batch can be split (BatchSplitting)
};

/// A network that separates: a batch of mixtures in, estimates of S stems out. In training
/// mode batch statistics are used and updated; in evaluation mode nothing of the module
/// changes. Initial values are undefined until init_parameters() or weights are loaded.
///
/// What it can beyond that it offers as an ability; what it does not offer is done another
/// way: a batch goes through whole, long recordings go through in overlapping blocks.
class Network : public torch::nn::Module {
 public:
  virtual NetworkDomain domain() const = 0;
  virtual int64_t num_stems() const = 0;

  /// Bins, from 0 on, that it takes and gives masks of; those above take the last one's
  /// mask. Unused in kWaveform.
  virtual int64_t num_bins() const = 0;

  virtual InputLevel level() const { return InputLevel::kAsIs; }

  /// The mean at the end of its training of log10(Y^2 + 1e-6) in each bin
  /// (dsp/long_term_spectrum.h), which recordings can be equalised to; empty where it does
  /// not know. Of networks of kMagnitude and kUnitRms.
  virtual std::vector<float> training_spectrum() const { return {}; }

  /// As its domain says. `dropout` decides what dropout drops in training mode (the same
  /// seed, the same estimates, whatever the number of threads); unused in evaluation mode.
  /// Throws Error for another shape.
  virtual torch::Tensor forward(const torch::Tensor& mixture,
                                const DropoutPlace& dropout) = 0;
  torch::Tensor operator()(const torch::Tensor& mixture, const DropoutPlace& dropout = {}) {
    return forward(mixture, dropout);
  }

  /// Sets the initial values of all parameters and buffers, drawn from `random`.
  virtual void init_parameters(RandomStream random) = 0;

  virtual NetworkCost cost() const = 0;

  /// Which code runs it on such a device, "oneDNN 2.6.3": for the record.
  virtual std::string backend_name(const torch::Device& device) const;

  /// Whether its layers compute in bfloat16 (parameters stay float). Off at first. Throws
  /// ConfigError (key `mixed_precision`) where it cannot.
  virtual void use_bfloat16(bool on);

  /// How far an estimate hears on each side, in frames (kWaveform: samples), so that what
  /// lies farther away changes nothing; none: all of a recording. For long recordings where
  /// no state is carried: blocks then overlap by as much, or by seconds that are faded.
  virtual std::optional<int64_t> context() const { return std::nullopt; }

  /// Its abilities; nullptr where it lacks them. They are the network itself.
  virtual BatchSplitting* splitting() { return nullptr; }
  virtual StateCarrying* carrying() { return nullptr; }
};

/// Takes a batch in parts with the result of all at once, for less memory. The parts of
/// forward():
///
///     begin_layers (B, T, F) -> (T, B, I), whatever looks at all of B and T (batch norm)
///     run_layers   (T, b, I) -> (T, b, I'), sequences independent of each other
///     end_layers   (T, b, I') -> estimates (b, S, T, F), frames independent
class BatchSplitting {
 public:
  virtual ~BatchSplitting() = default;
  virtual torch::Tensor begin_layers(const torch::Tensor& mixture) = 0;
  virtual torch::Tensor run_layers(const torch::Tensor& input,
                                   const DropoutPlace& dropout) = 0;
  virtual torch::Tensor end_layers(const torch::Tensor& hidden) = 0;
};

/// Goes through a recording a block of frames at a time, in evaluation mode and without
/// gradient, with the result of all of it at once. Within a layer a direction carries a
/// state from frame to frame, and so from block to block:
///
///     begin        (B, T, F) -> (T, B, I), frames independent
///     run_layer    (T, B, I) -> (T, B, H), a direction at a time, num_layers() times; the
///                  next layer takes both directions side by side, (T, B, 2H)
///     end          (T, B, 2H) -> estimates (B, S, T, F), frames independent
///
/// `state` is what the direction remembers as it enters the block (backwards, at the
/// block's last frame), and becomes what it remembers as it leaves.
class StateCarrying {
 public:
  virtual ~StateCarrying() = default;
  virtual torch::Tensor begin(const torch::Tensor& mixture) = 0;
  virtual int64_t num_layers() const = 0;

  /// H, where all layers give as many; 0 where it is not said. Who says so may have what
  /// layers give kept on the disk, and runs each layer of a long recording once.
  virtual int64_t hidden_size() const { return 0; }
  virtual torch::Tensor run_layer(int64_t layer_index,
                                  LstmDirection direction,
                                  const torch::Tensor& input,
                                  LstmState& state) const = 0;
  virtual torch::Tensor end(const torch::Tensor& hidden) = 0;
};

}  // namespace sep
