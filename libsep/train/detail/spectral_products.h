#pragma once

#include <torch/types.h>

namespace sep::detail {

/// What of a masked spectrum E = M X is needed to compare it with a stem's S, from real
/// numbers alone. With P = M |X| and Q = Re(conj(X) S) / |X|,
///
///     |E|^2 = P^2,   Re(conj(E) S) = P Q
///
/// in each bin. Sums over T and F, in double: (B, S, 2), [..., 0] of P^2, [..., 1] of P Q.
/// `masks`, `projections` (B, S, T, F); `mixture` (B, T, F); gradients to the masks, or to
/// any of them in plain().
///
/// Gradients and sums are the same for any number of threads (core/threads.h), and in any
/// layout.
torch::Tensor spectral_products(const torch::Tensor& masks,
                                const torch::Tensor& mixture,
                                const torch::Tensor& projections);

/// The same by LibTorch's own operations, for what the fused one does not take: other
/// devices and dtypes than float and double on the CPU, bins that do not lie side by side,
/// gradients to more than the masks.
torch::Tensor plain_spectral_products(const torch::Tensor& masks,
                                      const torch::Tensor& mixture,
                                      const torch::Tensor& projections);

}  // namespace sep::detail
