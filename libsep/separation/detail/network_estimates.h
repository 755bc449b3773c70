#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "libsep/core/signal.h"
#include "libsep/dsp/long_term_spectrum.h"
#include "libsep/dsp/stft.h"
#include "libsep/model/model_file.h"

/// Between audio and a network's input and estimates; for the inside of separation.
namespace sep::detail {

/// Throws Error that names the first sample which is not finite: one would be in all that a
/// recurrent network says.
void check_finite(const Signal& mixture);

/// How a recording is brought to a network's level, and where that is wanted to the
/// spectrum of its training.
struct InputScaling {
  double gain = 1.0;                            ///< what samples and bins are multiplied by
  StftOptions stft;                             ///< of the differences
  std::vector<std::vector<float>> differences;  ///< (C, F'), of equalize(); empty: none
};

/// Of a recording of such a root mean square. The gain is 1 for silence, and at most 1e30,
/// where float's range ends. With `match_spectrum`, `for_each_block(use)` is called, and
/// calls use() for all frames of the recording, all channels, in their order, in as many
/// blocks as it likes.
using UseFrames = std::function<void(const Spectrogram&)>;
InputScaling input_scaling(const LoadedModel& model,
                           int64_t num_channels,
                           double rms,
                           bool match_spectrum,
                           const std::function<void(const UseFrames&)>& for_each_block);

/// What a network of bins takes of a spectrogram, its lowest num_bins() scaled:
/// magnitudes, or bins as they are, (C, T, F'). The spectrogram's channels are those of the
/// recording from `first_channel` on.
torch::Tensor network_input(const Network& network,
                            const Spectrogram& mixture,
                            const InputScaling& scaling,
                            const torch::Device& device,
                            int64_t first_channel = 0);

/// The spectrogram times the masks of stem `stem`, (C, S, T, F') on any device; bins from
/// F' on take the mask of the last one.
Spectrogram apply_masks(const Spectrogram& mixture,
                        const torch::Tensor& masks,
                        int64_t stem);

/// The estimates of all stems of a spectrogram, or of a signal, at once.
std::vector<Spectrogram> separate_spectrogram(Network& network,
                                              const Spectrogram& mixture,
                                              const InputScaling& scaling,
                                              const torch::Device& device);
std::vector<Signal> separate_waveform(Network& network,
                                      const Signal& mixture,
                                      double gain,
                                      const torch::Device& device);

}  // namespace sep::detail
