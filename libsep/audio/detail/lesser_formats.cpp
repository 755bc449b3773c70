// Formats of samplers, hosts and toys of the past that libsndfile reads as they stand:
// their headers against the length of the file. IRCAM, PAF, PVF and SD2 do not say theirs;
// of HTK and FLAC libsndfile and libFLAC do what is done here.
#include <algorithm>
#include <charconv>

#include "libsep/audio/detail/chunks.h"
#include "libsep/audio/detail/container.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr auto kBig = ByteOrder::kBig;
constexpr auto kLittle = ByteOrder::kLittle;

class Header {
 public:
  Header(const ByteSource& source, int64_t begin) : source_(source), begin_(begin) {}

  std::string text(int64_t place, int64_t count) const {
    return read_text(source_, begin_ + place, count);
  }
  uint64_t number(int64_t place, int num_bytes, ByteOrder order) const {
    return read_number(source_, begin_ + place, num_bytes, order).value_or(0);
  }
  // Throws where there are not so many bytes from `place` on.
  void need(int64_t place, uint64_t num_bytes) const {
    const auto found = std::max<int64_t>(source_.size() - begin_ - place, 0);
    if (num_bytes > static_cast<uint64_t>(found)) throw_cut(num_bytes, found);
  }
  bool has(int64_t place) const { return begin_ + place < source_.size(); }

 private:
  const ByteSource& source_;
  int64_t begin_;
};

// Amiga's 8SVX and 16SV.
void check_svx(const ByteSource& source, int64_t begin) {
  ChunkReader chunks(source, begin, begin + 12, {kBig});
  while (const auto chunk = chunks.next()) {
    if (chunk->name == "BODY") return Header(source, chunk->begin).need(0, chunk->length);
  }
}

// Atari's AVR; 16-bit files count words.
void check_avr(const Header& header) {
  header.need(128, header.number(26, 4, kBig) * (header.number(14, 2, kBig) / 8));
}

// The number that `text` begins with, 0 for none or one that no file needs.
uint64_t leading_number(std::string_view text) {
  constexpr uint64_t kMax = uint64_t{1} << 40;
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number <= kMax ? number : 0;
}

void check_nist(const Header& header) {
  constexpr int64_t kLines = 1024;
  const auto text = header.text(0, kLines);
  const auto field = [&](const std::string& name) {
    const auto key = name + " -i ";
    const auto place = text.find(key);
    return place == std::string::npos
               ? uint64_t{0}
               : leading_number(std::string_view(text).substr(place + key.size()));
  };
  const auto samples_begin = header.text(8, 8);  // a line of its own, blanks before it
  const auto digits = samples_begin.find_first_not_of(' ');
  if (digits == std::string::npos) return;
  const auto begin = leading_number(std::string_view(samples_begin).substr(digits));
  const auto width = std::max<uint64_t>(field("sample_n_bytes") & 0xF, 1);  // may be unsaid
  const auto frame_bytes = (field("channel_count") & 0xFF) * width;
  header.need(static_cast<int64_t>(begin), field("sample_count") * frame_bytes);
}

// Creative's VOC: blocks of a kind and a length, the last of kind 0.
void check_voc(const Header& header) {
  auto place = static_cast<int64_t>(header.number(20, 2, kLittle));
  while (header.has(place) && header.number(place, 1, kLittle) != 0) {
    const auto length = header.number(place + 1, 3, kLittle);
    header.need(place + 4, length);
    place += 4 + static_cast<int64_t>(length);
  }
}

// Two matrices: the sample rate, then the samples.
void check_mat4(const Header& header) {
  const auto order = header.number(0, 4, kBig) == 1000 ? kBig : kLittle;
  const auto field = [&](int64_t place) { return header.number(place, 4, order); };
  const auto second = static_cast<int64_t>(20 + field(16) + 8);
  constexpr uint64_t kWidths[] = {8, 4, 4, 2, 2, 1};  // by the tens of the kind
  const auto kind = field(second) / 10 % 10;
  const auto width = kind < std::size(kWidths) ? kWidths[kind] : 1;
  const auto begin = second + 20 + static_cast<int64_t>(field(second + 16));
  header.need(begin, field(second + 4) * field(second + 8) * width);
}

// libsndfile writes lengths that count the eight bytes before them.
void check_mat5(const Header& header) {
  const auto order = header.text(126, 2) == "MI" ? kBig : kLittle;
  for (int64_t place = 128; header.has(place);) {
    const auto length = header.number(place + 4, 4, order);
    header.need(place, length);
    place += 8 + static_cast<int64_t>(length);
  }
}

// MIDI's sample dump: blocks of 127 bytes, numbers in digits of seven bits. libsndfile
// writes to stdout where a block does not begin as it should.
void check_sds(const Header& header) {
  constexpr int64_t kHead = 21;
  constexpr int64_t kBlock = 127;
  const auto digit = [&](int64_t place) { return header.number(place, 1, kBig) & 0x7F; };
  const auto num_samples = digit(10) | digit(11) << 7 | digit(12) << 14;
  const auto per_block = 120 / std::max<uint64_t>((digit(6) + 6) / 7, 1);
  const auto num_blocks = (num_samples + per_block - 1) / std::max<uint64_t>(per_block, 1);
  header.need(kHead, num_blocks * kBlock);
  for (int64_t i = 0; i < static_cast<int64_t>(num_blocks); ++i) {
    SEP_CHECK(header.number(kHead + i * kBlock, 2, kBig) == 0xF07E,
              "damaged, block {} does not begin as one",
              i + 1);
  }
}

}  // namespace

void check_lesser_format(const ByteSource& source, int64_t begin) {
  const Header header(source, begin);
  const auto head = header.text(0, 12);
  const auto name = head.substr(0, 4);
  if (name == "FORM") return check_svx(source, begin);
  if (name == "2BIT") return check_avr(header);
  if (name == "NIST") return check_nist(header);
  if (head.substr(0, 8) == "Creative") return check_voc(header);
  if (head.substr(0, 8) == "MATLAB 5") return check_mat5(header);
  if (name == std::string("\0\0\x03\xE8", 4) ||
      (name == std::string(4, '\0') && head.size() == 12)) {
    return check_mat4(header);
  }
  if (name == "ALaw") return header.need(32, header.number(18, 4, kBig));
  if (name == "Exte") return header.need(338, header.number(298, 4, kLittle));
  if (name.substr(0, 2) == "\x01\x04") {
    const auto num_channels = 1 + (header.number(21, 1, kLittle) & 1);
    return header.need(42, header.number(30, 4, kLittle) * 2 * num_channels);
  }
  if (name.substr(0, 2) == "\xF0\x7E" && name.size() == 4 && name[3] == '\1')
    check_sds(header);
}

}  // namespace sep
