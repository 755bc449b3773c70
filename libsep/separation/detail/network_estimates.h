#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "libsep/core/signal.h"
#include "libsep/dsp/stft.h"
#include "libsep/model/network.h"

/// Between audio and a network's input and estimates; for the inside of separation.
namespace sep::detail {

/// Throws Error that names the first sample which is not finite: one would be in all that a
/// recurrent network says.
void check_finite(const Signal& mixture);

/// What a recording of such a root mean square is multiplied by as a network's input; 1 for
/// silence, and at most 1e30, where float's range ends.
double input_gain(const Network& network, double rms);

/// What a network of bins takes of a spectrogram, its lowest num_bins() times `gain`:
/// magnitudes, or bins as they are, (C, T, F').
torch::Tensor network_input(const Network& network,
                            const Spectrogram& mixture,
                            double gain,
                            const torch::Device& device);

/// The spectrogram times the masks of stem `stem`, (C, S, T, F') on any device; bins from
/// F' on take the mask of the last one.
Spectrogram apply_masks(const Spectrogram& mixture,
                        const torch::Tensor& masks,
                        int64_t stem);

/// The estimates of all stems of a spectrogram, or of a signal, at once.
std::vector<Spectrogram> separate_spectrogram(Network& network,
                                              const Spectrogram& mixture,
                                              double gain,
                                              const torch::Device& device);
std::vector<Signal> separate_waveform(Network& network,
                                      const Signal& mixture,
                                      double gain,
                                      const torch::Device& device);

}  // namespace sep::detail
