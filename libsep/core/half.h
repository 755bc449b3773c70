#pragma once

#include <cstdint>

#include "libsep/core/safetensors.h"

namespace sep {

/// The bits of the binary16 (IEEE 754: 1 sign, 5 exponent, 10 mantissa) nearest to `value`,
/// ties to even: within 2^-11 of it relatively, down to 6.1e-5, and within 2^-25 below.
/// From 65520 on it is infinity; a NaN stays one.
uint16_t half_bits(float value);

/// What such bits stand for; exact.
float half_value(uint16_t bits);

/// An F32 tensor as F16, half its bytes. Throws Error for another dtype, and for a value
/// that is not finite or would not be: above 65504.
TensorData to_half(const TensorData& tensor);

/// An F16 tensor as F32; exact. Throws Error for another dtype.
TensorData from_half(const TensorData& tensor);

}  // namespace sep
