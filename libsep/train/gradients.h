#pragma once

#include <torch/nn/module.h>

#include <cstdint>

#include "libsep/model/network.h"
#include "libsep/train/batch.h"
#include "libsep/train/loss.h"

namespace sep {

/// The loss's input: what is known of a batch, and what the network gave for it: real masks
/// of its bins, and where the batch has a spectrum the waveforms of what they leave of it
/// (masked_waves.h); complex masks as such waveforms alone; or samples.
LossInput loss_input(const Network& network,
                     const Batch& batch,
                     const torch::Tensor& estimates);

/// The loss of a batch and, in each parameter's grad, its gradients; parameters that have
/// gradients already have these added. `dropout_seed` decides what is dropped. Not finite
/// where the loss is not: the trainer looks before a weight moves.
///
/// `micro_batch_size` examples go through the layers at a time, for less memory; 0: all of
/// them. Batch norm still sees the whole batch at once, so the result is that of the whole
/// batch but for rounding: sums have another order. Losses that couple the examples of a
/// batch (multi_resolution_stft) then couple those of a part. Throws Error for a number
/// below 0, and where the network cannot be split.
double loss_and_gradients(Network& network,
                          const Loss& loss,
                          const Batch& batch,
                          uint64_t dropout_seed,
                          int64_t micro_batch_size);

/// Root of the sum of squares over all gradients of a module; not finite where one is not.
double gradient_norm(const torch::nn::Module& model);

}  // namespace sep
