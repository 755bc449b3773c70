#pragma once

#include <sndfile.h>

#include <cstdint>
#include <filesystem>
#include <memory>

namespace sep {

/// A WAV file (RIFF, RIFX, RF64) for libsndfile to read from, for use inside this layer.
/// libsndfile, up to 1.2 at least, takes a length of nearly 4 GiB for a negative one, goes
/// back by it and reads the same bytes for ever: in the parts of a LIST chunk, and in a
/// file above 4 GiB in any chunk. While it opens the file, therefore,
/// - LIST chunks are shown to it under the name JUNK, and none longer than to where its
///   parts meet the samples ("data"), as libsndfile itself backs out of one there. What
///   they hold (titles, names of cues) is not used here;
/// - no other chunk but that of the samples is shown longer than 2^31 - 1 bytes.
class WavInput {
 public:
  /// Null for what is no WAV file or cannot be read. An ID3v2 tag before it is left out.
  static std::unique_ptr<WavInput> open(const std::filesystem::path& path);
  ~WavInput();
  WavInput(const WavInput&) = delete;
  WavInput& operator=(const WavInput&) = delete;

  /// For sf_open_virtual() with a pointer to this object.
  SF_VIRTUAL_IO virtual_io() const;

  /// From here on every byte is shown as it stands in the file: samples may spell LIST.
  void show_all() { hide_lists_ = false; }

 private:
  explicit WavInput(int descriptor) : descriptor_(descriptor) {}

  static sf_count_t length(void* file);
  static sf_count_t seek(sf_count_t offset, int whence, void* file);
  static sf_count_t read(void* bytes, sf_count_t count, void* file);
  static sf_count_t write(const void* bytes, sf_count_t count, void* file);
  static sf_count_t position(void* file);

  bool find_wav();
  int64_t read_at(int64_t position, char* bytes, int64_t count) const;
  int64_t read_hiding(int64_t position, char* bytes, int64_t count) const;
  bool read_number(int64_t position, uint32_t& number) const;
  uint32_t list_length(int64_t position, uint32_t length) const;
  void bound_length(int64_t position, char* bytes) const;

  int descriptor_;
  bool big_endian_ = false;
  mutable int64_t list_parts_left_ = 10000;  // to look at: many lists say many parts
  int64_t begin_ = 0;                        // of the WAV file within the file
  int64_t position_ = 0;
  bool at_samples_ = false;
  bool hide_lists_ = true;
};

}  // namespace sep
