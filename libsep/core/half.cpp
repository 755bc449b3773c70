#include "libsep/core/half.h"

#include <cmath>
#include <cstring>

#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr uint32_t kFloatInfinity = 0x7f800000;
constexpr uint32_t kRoundsToInfinity = 0x477ff000;  // 65520
constexpr uint32_t kSmallestNormal = 0x38800000;    // 2^-14
constexpr uint32_t kExponentShift = 0x38000000;     // of the biases, 127 - 15
constexpr uint32_t kHalfInfinity = 0x7c00;
constexpr float kSmallestStep = 1.0F / 16777216.0F;  // 2^-24

uint32_t bits_of(float value) {
  uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

float value_of(uint32_t bits) {
  float value = 0.0F;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

uint32_t magnitude_bits(uint32_t magnitude) {
  if (magnitude > kFloatInfinity) return kHalfInfinity | 0x200U;
  if (magnitude >= kRoundsToInfinity) return kHalfInfinity;
  if (magnitude < kSmallestNormal) {
    return static_cast<uint32_t>(std::nearbyint(value_of(magnitude) / kSmallestStep));
  }
  const uint32_t half_a_step = 0xfffU + ((magnitude >> 13) & 1U);  // ties to even
  return (magnitude + half_a_step - kExponentShift) >> 13;
}

void check_dtype(const TensorData& tensor, Dtype wanted) {
  SEP_CHECK(tensor.dtype == wanted,
            "a tensor of {} wanted, found {}",
            dtype_name(wanted),
            dtype_name(tensor.dtype));
  const auto bytes = static_cast<size_t>(tensor.num_elements() * dtype_size(wanted));
  SEP_CHECK(tensor.bytes.size() == bytes,
            "a tensor wants {} bytes, found {}",
            bytes,
            tensor.bytes.size());
}

}  // namespace

uint16_t half_bits(float value) {
  const uint32_t bits = bits_of(value);
  const uint32_t sign = (bits >> 16) & 0x8000U;
  return static_cast<uint16_t>(sign | magnitude_bits(bits & 0x7fffffffU));
}

float half_value(uint16_t bits) {
  const uint32_t sign = (bits & 0x8000U) << 16;
  const uint32_t exponent = (bits >> 10) & 0x1fU;
  const uint32_t mantissa = bits & 0x3ffU;
  if (exponent == 0) {
    const float magnitude = static_cast<float>(mantissa) * kSmallestStep;
    return sign != 0 ? -magnitude : magnitude;
  }
  if (exponent == 0x1fU) return value_of(sign | kFloatInfinity | (mantissa << 13));
  return value_of(sign | (((exponent << 10 | mantissa) << 13) + kExponentShift));
}

TensorData to_half(const TensorData& tensor) {
  check_dtype(tensor, Dtype::kF32);
  const auto count = static_cast<size_t>(tensor.num_elements());
  TensorData result{Dtype::kF16, tensor.shape, std::string(count * 2, '\0')};
  for (size_t i = 0; i < count; ++i) {
    float value = 0.0F;
    std::memcpy(&value, tensor.bytes.data() + i * sizeof(value), sizeof(value));
    const uint16_t half = half_bits(value);
    SEP_CHECK((half & kHalfInfinity) != kHalfInfinity,
              "{} is beyond half precision, which ends at 65504",
              value);
    std::memcpy(result.bytes.data() + i * sizeof(half), &half, sizeof(half));
  }
  return result;
}

TensorData from_half(const TensorData& tensor) {
  check_dtype(tensor, Dtype::kF16);
  const auto count = static_cast<size_t>(tensor.num_elements());
  TensorData result{Dtype::kF32, tensor.shape, std::string(count * 4, '\0')};
  for (size_t i = 0; i < count; ++i) {
    uint16_t half = 0;
    std::memcpy(&half, tensor.bytes.data() + i * sizeof(half), sizeof(half));
    const float value = half_value(half);
    std::memcpy(result.bytes.data() + i * sizeof(value), &value, sizeof(value));
  }
  return result;
}

}  // namespace sep
