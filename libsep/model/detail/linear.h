#pragma once

#include <torch/types.h>

namespace sep::detail {

/// Rows times weight^T plus bias, (N, I), (O, I), (O) -> (N, O), in floats whose factors
/// are rounded to bfloat16: the product and those of its gradients. Differentiable once. By
/// oneDNN on a CPU that multiplies bfloat16 by itself, on one thread; else by LibTorch,
/// whose sums are rounded to bfloat16 too.
torch::Tensor linear_bfloat16(const torch::Tensor& input,
                              const torch::Tensor& weight,
                              const torch::Tensor& bias);

}  // namespace sep::detail
