#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>

#include "libsep/core/error.h"
#include "libsep/core/safetensors.h"

namespace sep {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "tensors are copied as they lie");

struct DtypeInfo {
  std::string_view name;
  int64_t size;
};

DtypeInfo info(Dtype dtype) {
  switch (dtype) {
    case Dtype::kF64:
      return {"F64", 8};
    case Dtype::kF32:
      return {"F32", 4};
    case Dtype::kF16:
      return {"F16", 2};
    case Dtype::kBF16:
      return {"BF16", 2};
    case Dtype::kI64:
      return {"I64", 8};
    case Dtype::kI32:
      return {"I32", 4};
    case Dtype::kI16:
      return {"I16", 2};
    case Dtype::kI8:
      return {"I8", 1};
    case Dtype::kU64:
      return {"U64", 8};
    case Dtype::kU32:
      return {"U32", 4};
    case Dtype::kU16:
      return {"U16", 2};
    case Dtype::kU8:
      return {"U8", 1};
    case Dtype::kBool:
      return {"BOOL", 1};
  }
  throw Error("a dtype without a name");
}

template <class T>
constexpr Dtype dtype_of() {
  if constexpr (std::is_same_v<T, double>) return Dtype::kF64;
  if constexpr (std::is_same_v<T, float>) return Dtype::kF32;
  if constexpr (std::is_same_v<T, int64_t>) return Dtype::kI64;
}

// Elements of a shape, whose strides and bytes fit 63 bits too: zeros count as ones in
// that test, since a stride is a product of some of the sizes.
int64_t count_elements(const std::vector<int64_t>& shape, int64_t element_size) {
  int64_t extent = element_size;
  int64_t count = 1;
  for (const int64_t size : shape) {
    SEP_CHECK(
        size >= 0 && (size == 0 || extent <= std::numeric_limits<int64_t>::max() / size),
        "shape [{}] is not possible",
        fmt::join(shape, ", "));
    extent *= std::max(size, int64_t{1});
    count *= size;
  }
  return count;
}

}  // namespace

int64_t dtype_size(Dtype dtype) { return info(dtype).size; }
std::string_view dtype_name(Dtype dtype) { return info(dtype).name; }

int64_t TensorData::num_elements() const {
  return count_elements(shape, dtype_size(dtype));
}

template <class T>
TensorData make_tensor_data(std::vector<int64_t> shape, const std::vector<T>& values) {
  TensorData tensor;
  tensor.dtype = dtype_of<T>();
  tensor.shape = std::move(shape);
  SEP_CHECK(tensor.num_elements() == static_cast<int64_t>(values.size()),
            "a tensor [{}] wants {} values, found {}",
            fmt::join(tensor.shape, ", "),
            tensor.num_elements(),
            values.size());
  tensor.bytes.assign(reinterpret_cast<const char*>(values.data()),
                      values.size() * sizeof(T));
  return tensor;
}

template <class T>
std::vector<T> to_values(const TensorData& tensor) {
  SEP_CHECK(tensor.dtype == dtype_of<T>(),
            "a tensor of {} wanted, found {}",
            dtype_name(dtype_of<T>()),
            dtype_name(tensor.dtype));
  std::vector<T> values(static_cast<size_t>(tensor.num_elements()));
  SEP_CHECK(tensor.bytes.size() == values.size() * sizeof(T),
            "a tensor wants {} bytes, found {}",
            values.size() * sizeof(T),
            tensor.bytes.size());
  if (!values.empty()) std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

template TensorData make_tensor_data(std::vector<int64_t>, const std::vector<float>&);
template TensorData make_tensor_data(std::vector<int64_t>, const std::vector<double>&);
template TensorData make_tensor_data(std::vector<int64_t>, const std::vector<int64_t>&);
template std::vector<float> to_values(const TensorData&);
template std::vector<double> to_values(const TensorData&);
template std::vector<int64_t> to_values(const TensorData&);

}  // namespace sep
