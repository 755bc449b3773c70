#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sep {

enum class Dtype {
  kF64,
  kF32,
  kF16,
  kBF16,
  kI64,
  kI32,
  kI16,
  kI8,
  kU64,
  kU32,
  kU16,
  kU8,
  kBool
};

int64_t dtype_size(Dtype dtype);           ///< bytes an element
std::string_view dtype_name(Dtype dtype);  ///< "F32", as in the format

/// A tensor as bytes: row-major, little-endian.
struct TensorData {
  Dtype dtype = Dtype::kF32;
  std::vector<int64_t> shape;  ///< empty for a scalar
  std::string bytes;           ///< num_elements() * dtype_size(dtype)

  /// Throws Error for a negative size or where 63 bits do not hold the bytes.
  int64_t num_elements() const;
};

/// Values as a tensor and back; to_values() throws Error unless dtype is T's.
/// T: float, double, int64_t.
template <class T>
TensorData make_tensor_data(std::vector<int64_t> shape, const std::vector<T>& values);
template <class T>
std::vector<T> to_values(const TensorData& tensor);

/// Named tensors and text metadata, as one safetensors file holds them:
///
///     8 bytes: header length n, little-endian | n bytes: JSON | tensors, end to end
///
/// https://github.com/huggingface/safetensors
struct Safetensors {
  std::map<std::string, std::string> metadata;
  std::map<std::string, TensorData> tensors;

  /// The tensor called `name`; throws Error that names it.
  const TensorData& at(const std::string& name) const;
};

/// The bytes of a file. Tensors lie by falling size of their elements, then by name, so
/// that each is aligned without a gap; the header is padded with blanks to 8 bytes. Equal
/// contents, equal bytes. Throws Error where a tensor's bytes do not fit its shape.
std::string to_safetensors(const Safetensors& file);

/// Checks everything before a byte is trusted: header length (at most 100 MB), JSON,
/// names given twice, dtype, shape (at most 64 axes, no overflow), offsets in bounds,
/// without overlap or gap, whole elements, length as shape says. Throws Error with `name`
/// and the tensor.
Safetensors parse_safetensors(std::string_view bytes, const std::string& name);

Safetensors read_safetensors(const std::filesystem::path& path);
/// Written atomically (write_file_atomically).
void write_safetensors(const std::filesystem::path& path, const Safetensors& file);

/// The same with a checksum in the metadata, key "checksum": FNV-1a (hash.h) of the bytes
/// of to_safetensors() of all the rest. Reading compares it, over the tensors as they lie
/// in the file, and leaves it out; a file without one is read as it is. Throws Error where
/// it is another.
Safetensors read_checked_safetensors(const std::filesystem::path& path);
/// The metadata alone of a file that is read and checked whole, without a copy of its
/// tensors.
std::map<std::string, std::string> read_checked_metadata(const std::filesystem::path& path);
void write_checked_safetensors(const std::filesystem::path& path, Safetensors file);

}  // namespace sep
