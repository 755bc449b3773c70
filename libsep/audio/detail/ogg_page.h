#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libsep/audio/detail/byte_source.h"

namespace sep {

/// A page of an Ogg file (RFC 3533, section 6), without its body.
struct OggPage {
  int64_t begin = 0;
  int64_t head_size = 0;
  int64_t body_size = 0;
  bool is_first = false;  // of its stream: holds the header
  bool is_last = false;   // of its stream
  uint64_t position = 0;  // of the last sample that ends in it; all ones where none does
  uint32_t serial = 0;    // of its stream
  uint32_t sequence = 0;  // its number within the stream
  uint32_t checksum = 0;

  int64_t size() const { return head_size + body_size; }
  int64_t end() const { return begin + size(); }

  /// Whether it holds sound, not headers alone.
  bool has_sound() const { return position != 0 && position != UINT64_MAX; }
};

/// The page at `begin`; none where there is none, or its head is cut.
std::optional<OggPage> read_ogg_page(const ByteSource& source, int64_t begin);

/// CRC-32 of a page's bytes, those of the checksum itself taken as zero: polynomial
/// 0x04C11DB7, nothing reflected.
uint32_t ogg_checksum(std::string_view page);

/// Gives all pages of a file in memory that serial number; it must be sound.
void set_ogg_serial(std::string& file, uint32_t serial);

}  // namespace sep
