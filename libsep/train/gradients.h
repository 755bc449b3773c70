#pragma once

#include <cstdint>

#include "libsep/model/mask_estimator.h"
#include "libsep/train/batch.h"

namespace sep {

/// Loss of a batch (loss.h), and its gradient in every parameter's grad(), which the
/// caller has cleared. The model is in training mode.
///
/// `micro_batch_size` sequences (0: all) go through the layers and back at a time. Batch
/// norm is over the whole batch and dropout drops the same elements, so the result is the
/// same to rounding; what the layers keep from forward to backward, most of a training's
/// memory, shrinks in proportion, and each product takes fewer rows at a time. Throws Error
/// for micro_batch_size below 0.
double loss_and_gradients(MaskEstimator& model,
                          const Batch& batch,
                          uint64_t dropout_seed,
                          int64_t micro_batch_size = 0);

/// Root of the sum of squares over all gradients.
double gradient_norm(const torch::nn::Module& model);

}  // namespace sep
