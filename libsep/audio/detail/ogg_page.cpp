#include "libsep/audio/detail/ogg_page.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace sep {
namespace {

constexpr size_t kFixedHead = 27;
constexpr size_t kMaxSegments = 255;
constexpr size_t kSerialPlace = 14;
constexpr size_t kChecksumPlace = 22;

std::array<uint32_t, 256> make_table() {
  constexpr uint32_t kPolynomial = 0x04C11DB7;
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    uint32_t value = i << 24;
    for (int bit = 0; bit < 8; ++bit) {
      value = value << 1 ^ (value >> 31 != 0 ? kPolynomial : 0);
    }
    table[i] = value;
  }
  return table;
}

uint32_t field(std::string_view head, size_t place) {
  return static_cast<uint32_t>(decode_number(head.substr(place, 4), ByteOrder::kLittle));
}

// Of the page that `bytes` begin with.
std::optional<OggPage> parse_head(std::string_view bytes) {
  if (bytes.size() < kFixedHead || bytes.substr(0, 4) != "OggS" || bytes[4] != '\0') {
    return std::nullopt;
  }
  const auto num_segments = static_cast<unsigned char>(bytes[kFixedHead - 1]);
  if (bytes.size() < kFixedHead + num_segments) return std::nullopt;
  OggPage page;
  page.head_size = static_cast<int64_t>(kFixedHead + num_segments);
  for (const char length : bytes.substr(kFixedHead, num_segments)) {
    page.body_size += static_cast<unsigned char>(length);
  }
  page.is_first = (bytes[5] & 2) != 0;
  page.is_last = (bytes[5] & 4) != 0;
  page.position = decode_number(bytes.substr(6, 8), ByteOrder::kLittle);
  page.serial = field(bytes, kSerialPlace);
  page.sequence = field(bytes, kSerialPlace + 4);
  page.checksum = field(bytes, kChecksumPlace);
  return page;
}

}  // namespace

std::optional<OggPage> read_ogg_page(const ByteSource& source, int64_t begin) {
  std::array<char, kFixedHead + kMaxSegments> bytes{};
  const auto found = source.read_at(begin, bytes.data(), bytes.size());
  auto page = parse_head({bytes.data(), static_cast<size_t>(found)});
  if (page) page->begin = begin;
  return page;
}

uint32_t ogg_checksum(std::string_view page) {
  static const auto table = make_table();
  uint32_t value = 0;
  for (size_t i = 0; i < page.size(); ++i) {
    const bool is_checksum = i >= kChecksumPlace && i < kChecksumPlace + 4;
    const auto byte = is_checksum ? 0U : static_cast<unsigned char>(page[i]);
    value = value << 8 ^ table[(value >> 24 ^ byte) & 0xFF];
  }
  return value;
}

void set_ogg_serial(std::string& file, uint32_t serial) {
  const auto set = [&](size_t place, uint32_t number) {
    const auto bytes = encode_number(number, 4, ByteOrder::kLittle);
    std::copy(
        bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(place));
  };
  for (size_t begin = 0; begin < file.size();) {
    const auto page = parse_head(std::string_view(file).substr(begin));
    assert(page);
    set(begin + kSerialPlace, serial);
    const auto size = static_cast<size_t>(page->size());
    const auto checksum = ogg_checksum(std::string_view(file).substr(begin, size));
    set(begin + kChecksumPlace, checksum);
    begin += size;
  }
}

}  // namespace sep
