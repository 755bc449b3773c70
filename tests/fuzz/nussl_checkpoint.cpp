// A checkpoint of nussl: zip, pickle, tensors and JSON.
#include "libsep/checkpoint/nussl_file.h"
#include "tests/fuzz/target.h"

void fuzz_bytes(std::string_view bytes) {
  fuzz_read([&] {
    const auto file = sep::parse_nussl_file(std::string(bytes), "fuzzed");
    size_t num_bytes = 0;
    for (const auto& [name, tensor] : file.state) num_bytes += tensor.bytes.size();
    fuzz_check(num_bytes <= bytes.size(), "more in tensors than in the file");
  });
}
