#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

namespace sep {

/// MPEG audio (MP3), decoded by libmpg123, the decoder that libsndfile uses. libsndfile
/// itself takes a guess for the length where the first frame does not say it, and reads no
/// further: of a file of variable bit rate that can be the smaller half.
class MpegFile {
 public:
  /// Looks at every frame, past whatever lies between them. Throws Error with the path: not
  /// a regular file, not MPEG audio, or fewer frames than its first one says.
  explicit MpegFile(const std::filesystem::path& path);
  ~MpegFile();
  MpegFile(const MpegFile&) = delete;
  MpegFile& operator=(const MpegFile&) = delete;

  int64_t num_channels() const;
  int64_t num_samples() const;  ///< a channel; without the encoder's padding where known
  int64_t sample_rate() const;  ///< Hz

  /// The next `count` samples of each channel, interleaved. Throws Error where fewer come:
  /// the file is damaged, or changes its rate or channels.
  void read(float* interleaved, int64_t count);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sep
