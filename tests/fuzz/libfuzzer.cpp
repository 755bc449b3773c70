// A target as libFuzzer wants it.
#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  fuzz_bytes({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
