#include "libsep/checkpoint/model_file_kind.h"

#include <cerrno>
#include <fstream>
#include <string>

#include "libsep/core/system_error.h"

namespace sep {
namespace {

constexpr size_t kNumBytes = 16;

bool begins(std::string_view bytes, std::string_view with) {
  return bytes.substr(0, with.size()) == with;
}

/// Eight bytes of a length below 4 GiB, then JSON.
bool is_safetensors(std::string_view bytes) {
  using namespace std::string_view_literals;
  return bytes.size() >= 9 && bytes.substr(4, 5) == "\0\0\0\0{"sv;
}

}  // namespace

ModelFileKind model_file_kind(std::string_view first_bytes) {
  if (is_safetensors(first_bytes)) return ModelFileKind::kSafetensors;
  if (begins(first_bytes, "PK\x03\x04")) return ModelFileKind::kPyTorch;
  // A pickle of protocol 2 whose first object is a long: PyTorch's magic number.
  if (begins(first_bytes, "\x80\x02\x8a\x0a")) return ModelFileKind::kPyTorch;
  return ModelFileKind::kOther;
}

ModelFileKind model_file_kind(const std::filesystem::path& path) {
  std::string bytes(kNumBytes, '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file) throw_system_error(path, "cannot be read", errno);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<size_t>(file.gcount()));
  return model_file_kind(std::string_view(bytes));
}

}  // namespace sep
