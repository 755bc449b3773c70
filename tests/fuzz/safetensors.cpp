// A safetensors file. What is read is written and read again: the same.
#include "libsep/core/safetensors.h"

#include "tests/fuzz/target.h"

void fuzz_bytes(std::string_view bytes) {
  fuzz_read([&] {
    const auto file = sep::parse_safetensors(bytes, "fuzzed");
    for (const auto& [name, tensor] : file.tensors) {
      fuzz_check(tensor.bytes.size() ==
                     static_cast<size_t>(tensor.num_elements() * dtype_size(tensor.dtype)),
                 "a tensor's bytes do not fit its shape");
      if (tensor.dtype == sep::Dtype::kF32) sep::to_values<float>(tensor);
    }
    const auto written = sep::to_safetensors(file);
    const auto again = sep::parse_safetensors(written, "written");
    fuzz_check(again.metadata == file.metadata, "metadata has changed");
    fuzz_check(again.tensors.size() == file.tensors.size(), "tensors are lost");
    fuzz_check(sep::to_safetensors(again) == written, "written twice, other bytes");
  });
}
