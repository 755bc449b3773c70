#include "libsep/checkpoint/model_file_kind.h"

#include <fstream>

#include "libsep/core/error.h"
#include "libsep/core/safetensors.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace sep;
using namespace std::string_view_literals;

TEST_CASE("a model's file is told by its first bytes", "[checkpoint]") {
  // Headers of 64, 640 (the bytes of a pickle) and about 67 million bytes ("PK").
  for (const auto length : {"\x40\0\0\0"sv, "\x80\x02\0\0"sv, "PK\x03\x04"sv}) {
    const auto bytes = std::string(length) + std::string("\0\0\0\0{\"a\"", 8);
    CHECK(model_file_kind(std::string_view(bytes)) == ModelFileKind::kSafetensors);
  }
  CHECK(model_file_kind("PK\x03\x04\0\0\x08\x08\0\0"sv) == ModelFileKind::kPyTorch);
  CHECK(model_file_kind("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9"sv) == ModelFileKind::kPyTorch);
  for (const auto bytes : {""sv, "PK"sv, "title: Small"sv, "RIFF\0\0\0\0WAVE"sv}) {
    CHECK(model_file_kind(bytes) == ModelFileKind::kOther);
  }
}

TEST_CASE("whatever it is called", "[checkpoint]") {
  const TemporaryFolder folder;
  write_safetensors(folder / "model.pth", {{{"a", "b"}}, {}});
  CHECK(model_file_kind(folder / "model.pth") == ModelFileKind::kSafetensors);
  std::ofstream(folder / "short.safetensors") << "x";
  CHECK(model_file_kind(folder / "short.safetensors") == ModelFileKind::kOther);
  CHECK_THROWS_AS(model_file_kind(folder / "absent.pt"), Error);
}
