#pragma once

#include <sndfile.h>

#include <cstdint>
#include <memory>
#include <string>

#include "libsep/audio/detail/byte_source.h"
#include "libsep/audio/detail/kept_exception.h"

namespace sep {

struct CloseSndFile {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using SndFile = std::unique_ptr<SNDFILE, CloseSndFile>;

/// What libsndfile says went wrong, on one line; of opening, where `file` is null.
std::string sndfile_reason(SNDFILE* file);

/// What libsndfile is shown of a source: `head`, then `size` bytes from the `begin`-th on.
struct SoundView {
  std::string head;
  int64_t begin = 0;
  int64_t size = 0;

  int64_t length() const { return static_cast<int64_t>(head.size()) + size; }
};

/// A view, read by libsndfile. What the source throws passes around libsndfile.
class SoundInput {
 public:
  /// `source` must live as long. Throws what it throws, and Error "REASON" where libsndfile
  /// cannot read the view.
  SoundInput(const ByteSource& source, SoundView view);
  SoundInput(const SoundInput&) = delete;
  SoundInput& operator=(const SoundInput&) = delete;

  const SF_INFO& info() const { return info_; }
  SNDFILE* file() const { return file_.get(); }

  /// Where libsndfile reads next, in bytes of the view.
  int64_t position() const { return position_; }

  /// The next `count` samples of each channel, interleaved, or fewer; how many.
  int64_t read(float* interleaved, int64_t count);

  /// Goes to a sample; whether libsndfile says that it is there.
  bool seek(int64_t sample);

 private:
  static sf_count_t length(void* input);
  static sf_count_t seek_bytes(sf_count_t offset, int whence, void* input);
  static sf_count_t read_bytes(void* bytes, sf_count_t count, void* input);
  static sf_count_t write(const void* bytes, sf_count_t count, void* input);
  static sf_count_t tell(void* input);

  int64_t read_view(char* bytes, int64_t count);

  const ByteSource& source_;
  SoundView view_;
  int64_t position_ = 0;
  KeptException kept_;
  SF_INFO info_{};
  SndFile file_;
};

}  // namespace sep
