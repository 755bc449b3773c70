#include "libsep/core/safetensors.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <tuple>
#include <type_traits>

#include "libsep/core/atomic_file.h"
#include "libsep/core/detail/safetensors_header.h"
#include "libsep/core/error.h"
#include "libsep/core/hash.h"

namespace sep {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "tensors are copied as they lie");

constexpr uint64_t kMaxHeader = 100'000'000;
constexpr size_t kLengthBytes = 8;
constexpr const char* kChecksumKey = "checksum";

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

uint64_t num_bytes(Dtype dtype, const std::vector<int64_t>& shape) {
  return static_cast<uint64_t>(count_elements(shape, dtype_size(dtype)) *
                               dtype_size(dtype));
}

void check_length(const detail::TensorEntry& entry, uint64_t available) {
  const uint64_t wanted = num_bytes(entry.dtype, entry.shape);
  SEP_CHECK(entry.begin <= entry.end && entry.end <= available,
            "bytes {} to {} are not in the file's {}",
            entry.begin,
            entry.end,
            available);
  SEP_CHECK(entry.end - entry.begin == wanted,
            "{} [{}] has {} bytes, the file gives it {}",
            dtype_name(entry.dtype),
            fmt::join(entry.shape, ", "),
            wanted,
            entry.end - entry.begin);
}

// Tensors must fill the file from the header's end to its own, in whatever order.
void check_layout(std::vector<detail::TensorEntry>& entries,
                  uint64_t available,
                  const std::string& name) {
  for (const auto& entry : entries) {
    try {
      check_length(entry, available);
    } catch (const Error& error) {
      throw Error(
          fmt::format("{}: tensor \"{}\": {}", name, shown_text(entry.name), error.what()));
    }
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
  });
  uint64_t place = 0;
  for (const auto& entry : entries) {
    SEP_CHECK(entry.begin == place,
              "{}: tensor \"{}\" begins at byte {}, the one before ends at {}",
              name,
              shown_text(entry.name),
              entry.begin,
              place);
    place = entry.end;
  }
  SEP_CHECK(place == available,
            "{}: {} bytes of tensors wanted, found {}",
            name,
            place,
            available);
}

std::string_view header_of(std::string_view bytes, const std::string& name) {
  SEP_CHECK(bytes.size() >= kLengthBytes,
            "{}: is no safetensors file: it has {} bytes",
            name,
            bytes.size());
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  SEP_CHECK(length <= kMaxHeader && length <= bytes.size() - kLengthBytes,
            "{}: is no safetensors file: a header of {} bytes in a file of {}",
            name,
            length,
            bytes.size());
  return bytes.substr(kLengthBytes, length);
}

// Larger elements first: then each is aligned without a gap.
std::vector<detail::TensorEntry> lay_out(const std::map<std::string, TensorData>& tensors) {
  std::vector<detail::TensorEntry> entries;
  for (const auto& [name, tensor] : tensors) {
    const uint64_t wanted = num_bytes(tensor.dtype, tensor.shape);
    SEP_CHECK(tensor.bytes.size() == wanted,
              "tensor \"{}\" wants {} bytes, found {}",
              shown_text(name),
              wanted,
              tensor.bytes.size());
    entries.push_back({name, tensor.dtype, tensor.shape, 0, wanted});
  }
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return dtype_size(a.dtype) > dtype_size(b.dtype);
  });
  uint64_t place = 0;
  for (auto& entry : entries) {
    entry.begin = place;
    entry.end = place += entry.end;
  }
  return entries;
}

// Of the bytes of a file without it: equal contents are equal bytes.
std::string checksum_of(const Safetensors& file) {
  Fnv1a hash;
  hash.add(to_safetensors(file));
  return hash.text();
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

const TensorData& Safetensors::at(const std::string& name) const {
  const auto found = tensors.find(name);
  SEP_CHECK(found != tensors.end(), "there is no tensor \"{}\"", shown_text(name));
  return found->second;
}

std::string to_safetensors(const Safetensors& file) {
  const auto entries = lay_out(file.tensors);
  std::string header = detail::safetensors_header_text({file.metadata, entries});
  header.resize((header.size() + 7) / 8 * 8, ' ');
  const uint64_t length = header.size();
  SEP_CHECK(length <= kMaxHeader, "safetensors: a header of {} bytes is too long", length);
  std::string bytes(reinterpret_cast<const char*>(&length), kLengthBytes);
  bytes.reserve(kLengthBytes + length + (entries.empty() ? 0 : entries.back().end));
  bytes += header;
  for (const auto& entry : entries) bytes += file.tensors.at(entry.name).bytes;
  return bytes;
}

Safetensors parse_safetensors(std::string_view bytes, const std::string& name) {
  const std::string_view json = header_of(bytes, name);
  auto header = detail::parse_safetensors_header(json, name);
  bytes.remove_prefix(kLengthBytes + json.size());
  check_layout(header.tensors, bytes.size(), name);
  Safetensors file;
  file.metadata = std::move(header.metadata);
  for (auto& entry : header.tensors) {
    TensorData& tensor = file.tensors[entry.name];
    tensor.dtype = entry.dtype;
    tensor.shape = std::move(entry.shape);
    tensor.bytes = bytes.substr(entry.begin, entry.end - entry.begin);
  }
  return file;
}

Safetensors read_safetensors(const std::filesystem::path& path) {
  return parse_safetensors(read_file(path), path.string());
}

Safetensors read_checked_safetensors(const std::filesystem::path& path) {
  auto file = read_safetensors(path);
  const auto said = file.metadata.extract(kChecksumKey);
  if (said.empty()) return file;
  const auto found = checksum_of(file);
  SEP_CHECK(said.mapped() == found,
            "{}: damaged, its checksum says {}, its contents have {} (if it was changed on "
            "purpose, leave \"checksum\" out of its metadata)",
            path.string(),
            shown_text(said.mapped()),
            found);
  return file;
}

void write_checked_safetensors(const std::filesystem::path& path, Safetensors file) {
  file.metadata[kChecksumKey] = checksum_of(file);
  write_safetensors(path, file);
}

void write_safetensors(const std::filesystem::path& path, const Safetensors& file) {
  write_file_atomically(path, to_safetensors(file));
}

}  // namespace sep
