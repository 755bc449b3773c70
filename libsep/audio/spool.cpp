#include "libsep/audio/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/system_error.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

std::string reason(int number) { return std::generic_category().message(number); }

// Not every file system knows files without a name.
int open_nameless(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor >= 0) return descriptor;
  const auto path = temporary_beside(folder / "spool");
  const int named = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (named >= 0) ::unlink(path.c_str());
  return named;
}

}  // namespace

SignalSpool::SignalSpool(const fs::path& folder, int64_t num_channels, int64_t sample_rate)
    : folder_(folder), num_channels_(num_channels), sample_rate_(sample_rate) {
  SEP_CHECK(num_channels >= 1, "{} channels: wants at least 1", num_channels);
  descriptor_ = open_nameless(folder);
  if (descriptor_ < 0) throw_system_error(folder, "cannot be written to", errno);
}

SignalSpool::~SignalSpool() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

SignalSpool::SignalSpool(SignalSpool&& other) noexcept
    : folder_(std::move(other.folder_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      num_channels_(other.num_channels_),
      sample_rate_(other.sample_rate_),
      num_samples_(other.num_samples_) {}

SignalSpool& SignalSpool::operator=(SignalSpool&& other) noexcept {
  std::swap(folder_, other.folder_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(num_channels_, other.num_channels_);
  std::swap(sample_rate_, other.sample_rate_);
  std::swap(num_samples_, other.num_samples_);
  return *this;
}

void SignalSpool::append(const Signal& signal) {
  SEP_CHECK(signal.num_channels == num_channels_ && signal.sample_rate == sample_rate_,
            "{} channels at {} Hz, wanted {} at {} Hz",
            signal.num_channels,
            signal.sample_rate,
            num_channels_,
            sample_rate_);
  std::vector<float> interleaved(signal.samples.size());
  for (int64_t c = 0; c < num_channels_; ++c) {
    for (int64_t n = 0; n < signal.num_samples(); ++n) {
      interleaved[static_cast<size_t>(n * num_channels_ + c)] = signal.channel(c)[n];
    }
  }
  const char* bytes = reinterpret_cast<const char*>(interleaved.data());
  size_t left = interleaved.size() * sizeof(float);
  while (left > 0) {
    const auto written = ::write(descriptor_, bytes, left);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      throw Failure(fmt::format("{}: no room for intermediate audio ({})",
                                folder_.string(),
                                reason(written < 0 ? errno : ENOSPC)));
    }
    bytes += written;
    left -= static_cast<size_t>(written);
  }
  num_samples_ += signal.num_samples();
}

Signal SignalSpool::read(int64_t begin, int64_t end) const {
  SEP_CHECK(begin >= 0 && begin <= end && end <= num_samples_,
            "samples {} to {} of {}",
            begin,
            end,
            num_samples_);
  std::vector<float> interleaved(static_cast<size_t>((end - begin) * num_channels_));
  char* bytes = reinterpret_cast<char*>(interleaved.data());
  const auto frame_bytes = num_channels_ * static_cast<int64_t>(sizeof(float));
  off_t place = begin * frame_bytes;
  for (auto left = (end - begin) * frame_bytes; left > 0;) {
    const auto found = ::pread(descriptor_, bytes, static_cast<size_t>(left), place);
    if (found < 0 && errno == EINTR) continue;
    if (found <= 0) {
      throw Failure(fmt::format("{}: intermediate audio cannot be read back ({})",
                                folder_.string(),
                                reason(found < 0 ? errno : EIO)));
    }
    bytes += found;
    place += found;
    left -= found;
  }
  Signal signal = make_silence(num_channels_, end - begin, sample_rate_);
  for (int64_t c = 0; c < num_channels_; ++c) {
    float* samples = signal.channel(c);
    for (int64_t n = 0; n < end - begin; ++n) {
      samples[n] = interleaved[static_cast<size_t>(n * num_channels_ + c)];
    }
  }
  return signal;
}

}  // namespace sep
