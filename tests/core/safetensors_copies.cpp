// A file of gigabytes is hashed as it lies: what reading and writing it allocate is
// counted.

#include <atomic>
#include <cstdlib>
#include <functional>
#include <new>
#include <string>

#include "libsep/core/safetensors.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace {

std::atomic<int64_t> num_allocated{0};

}  // namespace

// All of the program's.
void* operator new(size_t size) {
  num_allocated += static_cast<int64_t>(size);
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void* operator new(size_t size, const std::nothrow_t& /*tag*/) noexcept {
  num_allocated += static_cast<int64_t>(size);
  return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t /*size*/) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t& /*tag*/) noexcept {
  std::free(memory);
}

namespace {

constexpr int64_t kTensorBytes = 4 << 20;
// Headers, names, paths and what else is not a copy of the tensors.
constexpr int64_t kOther = kTensorBytes / 4;

int64_t allocated_by(const std::function<void()>& work) {
  const int64_t before = num_allocated;
  work();
  return num_allocated - before;
}

}  // namespace

TEST_CASE("a checked file is not written again to be read", "[core][safetensors]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.safetensors";
  sep::Safetensors file;
  file.metadata["title"] = "x";
  file.tensors["a"] =
      sep::make_tensor_data({kTensorBytes / 4}, std::vector<float>(kTensorBytes / 4));
  const auto written =
      allocated_by([&] { sep::write_checked_safetensors(path, std::move(file)); });
  CHECK(written < kTensorBytes + kOther);  // the bytes of the file
  const auto read = allocated_by([&] { sep::read_checked_safetensors(path); });
  CHECK(read < 2 * kTensorBytes + kOther);  // those, and the tensors
  const auto looked_at = allocated_by([&] { sep::read_checked_metadata(path); });
  CHECK(looked_at < kTensorBytes + kOther);  // those alone
}
