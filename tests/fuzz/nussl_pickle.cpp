// The pickle of a checkpoint of nussl in a sound zip file, since a change inside a zip
// file is mostly found by its checksum and goes no further.
#include "libsep/checkpoint/nussl_file.h"
#include "tests/fuzz/target.h"
#include "tests/support/torch_file.h"

namespace {

// Bytes of the storages that the smallest checkpoint names, 0 to 14.
constexpr size_t kStorages[] = {12, 24, 12, 8, 12, 12, 12, 16, 16, 16, 16, 16, 16, 48, 48};

std::vector<std::pair<std::string, std::string>> storages() {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const size_t size : kStorages) {
    entries.emplace_back("m/data/" + std::to_string(entries.size()),
                         std::string(size, 'x'));
  }
  return entries;
}

}  // namespace

void fuzz_bytes(std::string_view bytes) {
  auto entries = storages();
  entries.emplace_back("m/data.pkl", bytes);
  fuzz_read([&] { sep::parse_nussl_file(make_zip(entries), "fuzzed"); });
}
