// Nothing is thrown through the C libraries that call back: what a source throws, or the
// lack of memory, arrives behind them.
#include <cstdlib>
#include <new>
#include <stdexcept>

#include "libsep/audio/detail/decoder.h"
#include "libsep/audio/effects.h"
#include "libsep/audio/file.h"
#include "libsep/audio/opus.h"
#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

namespace {

// How many allocations may still succeed; below zero all do.
int64_t allocations_left = -1;

}  // namespace

void* operator new(size_t size) {
  if (allocations_left == 0) throw std::bad_alloc();
  if (allocations_left > 0) --allocations_left;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void* operator new(size_t size, const std::nothrow_t& /*tag*/) noexcept {
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t /*size*/) noexcept { std::free(memory); }

// libsndfile loses what libvorbis has allocated where it gives up on a file.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libsndfile\nleak:libvorbis\n";
}

namespace {

/// Throws at the `nth` call.
class Failing : public sep::ByteSource {
 public:
  Failing(const std::string& bytes, int64_t nth) : bytes_(bytes), left_(nth) {}
  int64_t size() const override { return static_cast<int64_t>(bytes_.size()); }
  int64_t read_at(int64_t position, char* bytes, int64_t count) const override {
    if (left_-- == 0) throw std::logic_error("thrown by the source");
    if (position >= size()) return 0;
    return static_cast<int64_t>(
        bytes_.copy(bytes, static_cast<size_t>(count), static_cast<size_t>(position)));
  }

 private:
  const std::string& bytes_;
  mutable int64_t left_;
};

sep::Signal noise(int64_t num_samples) {
  auto signal = sep::make_silence(1, num_samples, 48000);
  for (int64_t i = 0; i < num_samples; ++i) {
    signal.samples[static_cast<size_t>(i)] = static_cast<float>(i * 7919 % 1000) / 2000.0F;
  }
  return signal;
}

// Whether all was read; false where the source's own exception came.
bool read_all(const std::string& bytes, int64_t nth) {
  try {
    const auto decoder = sep::make_decoder(std::make_unique<Failing>(bytes, nth));
    const auto& info = decoder->info();
    std::vector<float> samples(static_cast<size_t>(info.num_samples * info.num_channels));
    decoder->read(samples.data(), info.num_samples);
  } catch (const std::logic_error& error) {
    CHECK(std::string(error.what()) == "thrown by the source");
    return false;
  }
  return true;
}

// Whether `work` ends without memory for more than so many allocations.
template <class Work>
bool ends_with(int64_t num_allocations, const Work& work) {
  allocations_left = num_allocations;
  try {
    work();
  } catch (const std::bad_alloc&) {
    allocations_left = -1;
    return false;
  } catch (...) {
    allocations_left = -1;
    throw;
  }
  allocations_left = -1;
  return true;
}

template <class Work>
void check_every_allocation(const Work& work) {
  work();  // what libraries allocate once
  int64_t n = 0;
  while (!ends_with(n, work)) n += 1 + n / 20;
  CHECK(n > 3);
}

}  // namespace

TEST_CASE("what a source throws comes out of the decoder", "[audio][failure]") {
  const TemporaryFolder folder;
  std::vector<std::string> files;
  for (const auto* name : {"a.wav", "a.flac"}) {
    sep::write_audio(folder / name, noise(20000), sep::SampleFormat::kInt16);
    files.push_back(sep::read_file(folder / name));
  }
  const auto root =
      std::filesystem::path(LIBSEP_SOURCE_DIR) / "tests/fuzz/seeds/audio_file";
  for (const auto* name : {"mp3", "vorbis", "opus", "caf_alac", "aiff"}) {
    files.push_back(sep::read_file(root / name));
  }
  for (const auto& bytes : files) {
    int64_t nth = 0;
    while (!read_all(bytes, nth)) ++nth;
    CAPTURE(bytes.substr(0, 4));
    CHECK(nth > 2);
  }
}

TEST_CASE("a lack of memory comes out of writers and effects", "[audio][failure]") {
  const auto signal = noise(48000);
  if (sep::has_opus()) {
    check_every_allocation([&] {
      sep::OpusEncoder encoder(1, 48000);
      encoder.add(signal);
      encoder.finish();
    });
  }
  if (sep::has_sox_effects()) {
    check_every_allocation([&] { sep::pitch_and_stretch(signal, 1.0, 1.1); });
  }
}
