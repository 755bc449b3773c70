#include "libsep/audio/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <vector>

#include "libsep/audio/detail/interleave.h"
#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/system_error.h"

namespace sep {
namespace {

namespace fs = std::filesystem;

// Not every file system knows files without a name.
FileDescriptor open_nameless(const fs::path& folder) {
  FileDescriptor nameless(folder, O_TMPFILE | O_RDWR, 0600);
  if (nameless.is_open()) return nameless;
  const auto path = temporary_beside(folder / "spool");
  FileDescriptor named(path, O_RDWR | O_CREAT | O_EXCL, 0600);
  if (named.is_open()) ::unlink(path.c_str());
  return named;
}

[[noreturn]] void throw_failure(const fs::path& folder, const char* problem, int code) {
  throw Failure(fmt::format(
      "{}: {} ({})", folder.string(), problem, std::generic_category().message(code)));
}

}  // namespace

SignalSpool::SignalSpool(const fs::path& folder, int64_t num_channels, int64_t sample_rate)
    : folder_(folder), num_channels_(num_channels), sample_rate_(sample_rate) {
  SEP_CHECK(num_channels >= 1, "{} channels: wants at least 1", num_channels);
  file_ = open_nameless(folder);
  if (!file_.is_open()) throw_system_error(folder, "cannot be written to", errno);
}

void SignalSpool::append(const Signal& signal) {
  SEP_CHECK(signal.num_channels == num_channels_ && signal.sample_rate == sample_rate_,
            "{} channels at {} Hz, wanted {} at {} Hz",
            signal.num_channels,
            signal.sample_rate,
            num_channels_,
            sample_rate_);
  const auto samples = interleaved(signal, 0, signal.num_samples());
  const auto num_bytes = static_cast<int64_t>(samples.size() * sizeof(float));
  if (!file_.write(samples.data(), num_bytes)) {
    throw_failure(folder_, "no room for intermediate audio", errno);
  }
  num_samples_ += signal.num_samples();
}

Signal SignalSpool::read(int64_t begin, int64_t end) const {
  SEP_CHECK(begin >= 0 && begin <= end && end <= num_samples_,
            "samples {} to {} of {}",
            begin,
            end,
            num_samples_);
  std::vector<float> samples(static_cast<size_t>((end - begin) * num_channels_));
  const auto frame_bytes = num_channels_ * static_cast<int64_t>(sizeof(float));
  const auto wanted = (end - begin) * frame_bytes;
  const auto found = file_.read_at(begin * frame_bytes, samples.data(), wanted);
  if (found != wanted) {
    throw_failure(
        folder_, "intermediate audio cannot be read back", found < 0 ? errno : EIO);
  }
  std::vector<std::vector<float>> channels(static_cast<size_t>(num_channels_));
  append_deinterleaved(samples, channels);
  return join_channels(channels, sample_rate_);
}

}  // namespace sep
