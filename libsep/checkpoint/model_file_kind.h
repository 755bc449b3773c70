#pragma once

#include <filesystem>
#include <string_view>

namespace sep {

/// What wrote a model, told by the first bytes of its file; names say nothing: PyTorch's
/// files are called .pth, .pt, .ckpt or .bin.
enum class ModelFileKind {
  kSafetensors,  ///< a header's length and its JSON: libsep's own
  kPyTorch,      ///< a zip, or the pickles of PyTorch before 1.6
  kOther,
};

ModelFileKind model_file_kind(std::string_view first_bytes);  ///< 9 or more

/// Throws Error where the file cannot be read.
ModelFileKind model_file_kind(const std::filesystem::path& path);

}  // namespace sep
