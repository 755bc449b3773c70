#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "libsep/core/safetensors.h"

/// The JSON in front of a safetensors file. For the inside of core.
namespace sep::detail {

/// A tensor as the header announces it; offsets count from the end of the header.
struct TensorEntry {
  std::string name;
  Dtype dtype = Dtype::kF32;
  std::vector<int64_t> shape;
  uint64_t begin = 0;
  uint64_t end = 0;
};

struct SafetensorsHeader {
  std::map<std::string, std::string> metadata;
  std::vector<TensorEntry> tensors;
};

/// Throws Error that begins with `file_name` for anything that is no header: text that is
/// no JSON, other values than the format has, names given twice. Offsets are only read,
/// not checked. Does not recurse.
SafetensorsHeader parse_safetensors_header(std::string_view json,
                                           const std::string& file_name);

/// The JSON, keys sorted, without padding. Throws Error where a name is no UTF-8.
std::string safetensors_header_text(const SafetensorsHeader& header);

}  // namespace sep::detail
