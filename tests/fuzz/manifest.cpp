// A dataset described as a table. Its files are not looked for; pieces and parts that come
// out of it have names that files may have.
#include "libsep/data/manifest.h"

#include <cmath>

#include "libsep/core/stem_name.h"
#include "libsep/core/text.h"
#include "tests/fuzz/target.h"

namespace {

void check(const sep::Piece& piece) {
  fuzz_check(!piece.name.empty() && sep::is_line(piece.name), "a piece's name");
  for (const auto& part : piece.parts) {
    fuzz_check(sep::stem_name_problem(part.id).empty(), "a part's name");
    fuzz_check(sep::stem_name_problem(part.instrument).empty(), "an instrument");
    fuzz_check(!part.files.empty(), "a part without a file");
    for (const auto& file : part.files) {
      fuzz_check(std::isfinite(file.gain) && file.gain > 0.0, "a gain");
      fuzz_check(file.start_seconds >= 0.0, "a start");
      fuzz_check(!file.path.empty(), "a path");
    }
  }
}

/// Each a line as an Error's.
void check(const std::vector<std::string>& faults) {
  for (const auto& fault : faults) {
    fuzz_read([&] { throw sep::Error(fault); });
  }
}

}  // namespace

void fuzz_bytes(std::string_view bytes) {
  fuzz_read([&] {
    try {
      const auto found = sep::parse_manifest({}, std::string(bytes), "folder/fuzzed.csv");
      fuzz_check(!found.pieces.empty(), "no piece and no fault");
      check(found.faults);
      for (const auto& piece : found.pieces) check(piece);
    } catch (const sep::ErrorList& list) {
      check(list.faults());
    }
  });
}
