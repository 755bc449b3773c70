// An audio file: what its header says, then its samples in pieces, up to a bound.
#include <sys/mman.h>
#include <unistd.h>

#include <cmath>

#include "libsep/audio/file.h"
#include "tests/fuzz/target.h"

namespace {

// A file in memory with a name, for readers that want one.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : descriptor_(memfd_create("fuzzed", 0)) {
    const auto written = ::write(descriptor_, bytes.data(), bytes.size());
    fuzz_check(written == static_cast<ssize_t>(bytes.size()), "no memory for the input");
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace

// libsndfile loses what its decoders have allocated where it gives up on a file.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libFLAC\nleak:libmpg123\nleak:libogg\nleak:libopus\nleak:libsndfile\n"
         "leak:libvorbis\n";
}

void fuzz_bytes(std::string_view bytes) {
  constexpr int64_t kPiece = 1 << 14;
  constexpr int64_t kMaxValues = 1 << 21;
  const MemoryFile file(bytes);
  fuzz_read([&] {
    sep::AudioReader reader(file.path());
    const auto info = reader.info();
    fuzz_check(info.num_samples > 0 && info.num_channels > 0 && info.sample_rate > 0,
               "a header without audio is let through");
    int64_t num_read = 0;
    while (num_read < info.num_samples && num_read * info.num_channels < kMaxValues) {
      const auto piece = reader.read(kPiece);
      fuzz_check(piece.num_samples() == std::min(kPiece, info.num_samples - num_read),
                 "a piece of another length");
      for (const float value : piece.samples) fuzz_check(std::isfinite(value), "no number");
      num_read += piece.num_samples();
    }
  });
}
