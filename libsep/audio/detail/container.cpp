#include "libsep/audio/detail/container.h"

#include <algorithm>

#include "libsep/core/error.h"

namespace sep {
namespace {

// ID3v2 tags stand before files of every kind. They say their length, without these ten
// bytes, in four digits of seven bits.
int64_t skip_tags(const ByteSource& source) {
  constexpr int64_t kHeadSize = 10;
  int64_t begin = 0;
  while (true) {
    const auto head = read_text(source, begin, kHeadSize);
    if (head.substr(0, 3) != "ID3" || static_cast<int64_t>(head.size()) < kHeadSize) {
      return begin;
    }
    int64_t length = 0;
    for (size_t i = 6; i < 10; ++i) length = length << 7 | (head[i] & 0x7F);
    begin += kHeadSize + length;
  }
}

// Eleven bits of a frame's head, a version, layer, bit rate and sample rate that there are
// (ISO 11172-3).
bool is_mpeg(std::string_view head) {
  if (head.size() < 4) return false;
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(head[i]); };
  return byte(0) == 0xFF && (byte(1) & 0xE0) == 0xE0 && (byte(1) & 0x18) != 0x08 &&
         (byte(1) & 0x06) != 0 && (byte(2) & 0xF0) != 0xF0 && (byte(2) & 0x0C) != 0x0C;
}

bool has(std::string_view head, std::string_view first, std::string_view third) {
  return head.substr(0, 4) == first && head.substr(8, 4) == third;
}

}  // namespace

Container read_container(const ByteSource& source) {
  const auto begin = skip_tags(source);
  const std::string bytes = read_text(source, begin, 12);
  SEP_CHECK(!bytes.empty(), "not an audio file that can be read (it holds nothing)");
  const std::string_view head(bytes.data(), std::min<size_t>(bytes.size(), 12));
  if (head.size() == 12) {
    for (const auto* form : {"RIFF", "RIFX", "RF64", "BW64"}) {
      if (has(head, form, "WAVE")) return read_wave(source, begin);
    }
    if (has(head, "FORM", "AIFF") || has(head, "FORM", "AIFC")) {
      return read_aiff(source, begin);
    }
    if (has(head, "caff", "desc")) return read_caf(source, begin);
  }
  const auto name = head.substr(0, 4);
  if (name == "riff") return read_wave64(source, begin);
  if (name == ".snd" || name == "dns.") return read_au(source, begin);
  if (name == "OggS") return read_ogg(source, begin);
  Container whole;
  whole.parts.push_back({"", begin, source.size() - begin});
  if (is_mpeg(head)) {
    whole.codec = Container::Codec::kMpeg;
  } else {
    check_lesser_format(source, begin);
  }
  return whole;
}

}  // namespace sep
