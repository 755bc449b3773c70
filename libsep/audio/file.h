#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "libsep/core/signal.h"

namespace sep {

class FileGroup;

/// What the header of an audio file says, or its frames where it is MPEG audio and its
/// pages where it is Ogg: those are counted, which passes over the file once.
struct AudioInfo {
  int64_t num_channels = 0;
  int64_t num_samples = 0;  ///< a channel
  int64_t sample_rate = 0;  ///< Hz
  std::string format;       ///< "WAV, 16 bit"
};

/// Anything libsndfile reads, and BW64; MPEG audio (MP3), in WAV too, by libmpg123. A file
/// is told by its bytes, whatever it is called. Streams appended to each other (chained
/// Ogg) are one recording. Throws Error with the path: not there, a folder or pipe, not
/// audio, no or more than 32 channels, no samples, no length (a FLAC stream that was never
/// closed), a rate that is not positive, streams of different rates or channels; and a file
/// shorter than its header says, whatever format it is in. Of an Ogg the pages must follow
/// each other up to the last, and the checksums be right of headers, first sound and last
/// page; a fault between them is found by reading. Lengths that programs write into a pipe,
/// or never came to correct, count as "until the end": detail/container.h lists them.
/// Failure where the file cannot be read.
AudioInfo read_audio_info(const std::filesystem::path& path);

/// All samples, (C, N), integers scaled to ±1 (int16: / 32768, int24: / 2^23, both
/// exact). Throws Error for a file that read_audio_info() refuses, that ends before its
/// header says, or that holds samples that are not finite.
Signal read_audio(const std::filesystem::path& path);

/// A file read piece by piece, for recordings too long to hold in memory.
class AudioReader {
 public:
  /// Throws Error with the path for a file that read_audio_info() refuses.
  explicit AudioReader(const std::filesystem::path& path);
  ~AudioReader();
  AudioReader(AudioReader&&) noexcept;
  AudioReader& operator=(AudioReader&&) noexcept;

  const AudioInfo& info() const;

  /// The next min(max_samples, what is left) samples, (C, n); n = 0 at the end. Throws
  /// Error where the file ends before its header says, and for samples that are not finite.
  Signal read(int64_t max_samples);

  /// Whether a sample can be gone to: one stream of samples of one size (PCM or float, in
  /// WAV, AIFF, CAF, AU, …) or FLAC.
  bool can_seek() const;

  /// The next read() begins at this sample, 0 … num_samples. Throws Error for another one,
  /// where it cannot be gone to, and where the file is damaged.
  void seek(int64_t sample);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

enum class SampleFormat { kInt16, kInt24, kFloat32 };

/// Throws Error unless a file of that name can hold so many channels at that rate, as
/// write_audio() would: another extension than .wav or .flac, FLAC in float, of more than 8
/// channels or above 655350 Hz. What is known before an hour of work need not be found out
/// after it.
void check_can_hold(const std::filesystem::path& path,
                    int64_t num_channels,
                    int64_t sample_rate,
                    SampleFormat format);

/// Writes WAV or FLAC after the extension (.wav, .flac), atomically. Integers are
/// rounded to nearest and clipped to full scale, never wrapped. Throws Error for
/// another extension, FLAC in float, what the format cannot hold (FLAC: 8 channels;
/// WAV: 4 GiB), no samples, samples that are not finite, or a folder that cannot be
/// written to; Failure where the disk is full. The same signal gives the same bytes.
void write_audio(const std::filesystem::path& path,
                 const Signal& signal,
                 SampleFormat format);

/// A file written piece by piece. It appears under its name at commit(); without that
/// nothing is left of it.
class AudioWriter {
 public:
  /// Throws Error for another extension, FLAC in float, more channels or another rate than
  /// the format holds, and a folder that cannot be written to.
  AudioWriter(const std::filesystem::path& path,
              int64_t num_channels,
              int64_t sample_rate,
              SampleFormat format);
  ~AudioWriter();
  AudioWriter(AudioWriter&&) noexcept;
  AudioWriter& operator=(AudioWriter&&) noexcept;

  /// Throws Error where so many samples more are too long for the format: what is known
  /// before an hour of work need not be found out after it.
  void check_room_for(int64_t num_samples) const;

  /// Appends. Throws Error for another rate or channel count, for samples that are not
  /// finite and where it becomes too long for the format; Failure where the disk is full.
  void write(const Signal& signal);

  /// Closes the file and gives it its name; write() and commit() throw Error after it.
  void commit();

  /// Closes the file and hands it to `group`, which gives it its name with the others.
  void commit(FileGroup& group);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sep
