#include <algorithm>

#include "libsep/audio/detail/chunks.h"
#include "libsep/audio/detail/container.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr uint64_t kNoLength = 0xFFFFFFFF;
constexpr int64_t kMaxFormat = 1 << 12;
constexpr uint64_t kMaxRiff = 0xFFFFFFFF - kMaxFormat;

struct Wave {
  std::string name;
  ByteOrder order = ByteOrder::kLittle;
  std::string format;  // contents of the format chunk
  int64_t data_begin = 0;
  int64_t data_size = 0;
};

bool is_list(std::string_view name) { return name == "LIST" || name == "INFO"; }

bool is_printable(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return ' ' <= c && c <= '~'; });
}

/// The length of a list, or that up to the samples where its parts meet them: some programs
/// write one that reaches over them. Names without a length, INFO and adtl, stand before
/// the parts.
uint64_t list_length(const ByteSource& source, const Chunk& list, ByteOrder order) {
  constexpr int kMaxParts = 1000;
  const auto end = static_cast<int64_t>(list.length);
  int64_t part = 0;
  for (int i = 0; i < kMaxParts && part < end; ++i) {
    const auto name = read_text(source, list.begin + part, 4);
    if (name == "data") return static_cast<uint64_t>(part);
    part += 4;
    if (name == "INFO" || name == "adtl") continue;
    const auto length = read_number(source, list.begin + part, 4, order);
    if (name.size() < 4 || !is_printable(name) || !length) break;
    part += 4 + static_cast<int64_t>(*length + *length % 2);
  }
  return list.length;
}

std::string read_format(const ByteSource& source, const Chunk& chunk) {
  SEP_CHECK(chunk.length <= static_cast<uint64_t>(kMaxFormat),
            "a format chunk of {} bytes, wanted at most {}",
            chunk.length,
            kMaxFormat);
  return read_text(source, chunk.begin, static_cast<int64_t>(chunk.length));
}

[[noreturn]] void throw_no_samples(const Wave& wave) {
  throw Error(fmt::format("ends before its {}: cut short or no audio file",
                          wave.format.empty() ? "format" : "samples"));
}

uint64_t tag_of(const Wave& wave) {
  constexpr uint64_t kExtensible = 0xFFFE;
  const auto tag = decode_number(std::string_view(wave.format).substr(0, 2), wave.order);
  const bool extended = tag == kExtensible && wave.format.size() >= 26;
  return extended ? decode_number(std::string_view(wave.format).substr(24, 2), wave.order)
                  : tag;
}

/// The head of a file of that format and as many bytes of samples; RF64 where the 32 bits
/// of RIFF do not do. libsndfile counts a byte of padding behind an odd length among the
/// samples; it does not behind a length that the file has not.
std::string make_head(const Wave& wave, bool is_padded) {
  const auto number = [&](uint64_t value, int num_bytes = 4) {
    return encode_number(value, num_bytes, wave.order);
  };
  const auto size = static_cast<uint64_t>(is_padded ? wave.data_size
                                                    : wave.data_size + wave.data_size % 2);
  auto format = "fmt " + number(wave.format.size()) + wave.format;
  if (wave.format.size() % 2 != 0) format += '\0';
  const auto riff_size = 4 + format.size() + 8 + size;
  if (size <= kMaxRiff) {
    const std::string form = wave.order == ByteOrder::kBig ? "RIFX" : "RIFF";
    return form + number(riff_size) + "WAVE" + format + "data" + number(size);
  }
  SEP_CHECK(wave.order == ByteOrder::kLittle, "above 4 GiB, too long for RIFX");
  constexpr uint64_t kSizesLength = 28;
  const auto sizes = "ds64" + number(kSizesLength) +
                     number(riff_size + 8 + kSizesLength, 8) + number(size, 8) +
                     number(0, 8) + number(0);
  return "RF64" + number(kNoLength) + "WAVE" + sizes + format + "data" + number(kNoLength);
}

Container show(const ByteSource& source, const Wave& wave) {
  constexpr uint64_t kMpegLayer1or2 = 0x50;
  constexpr uint64_t kMpegLayer3 = 0x55;
  Container container;
  container.name = wave.name;
  const auto tag = tag_of(wave);
  if (tag == kMpegLayer3 || tag == kMpegLayer1or2) {
    container.codec = Container::Codec::kMpeg;
    container.parts.push_back({"", wave.data_begin, wave.data_size});
  } else {
    const bool is_padded = wave.name == "WAV" && wave.data_size % 2 != 0 &&
                           wave.data_begin + wave.data_size < source.size();
    const auto shown = wave.data_size + (is_padded ? 1 : 0);
    container.parts.push_back({make_head(wave, is_padded), wave.data_begin, shown});
  }
  return container;
}

bool is_streamed(uint64_t length) {
  return (length >= 0x7FFF0000 && length <= 0x80000000) ||
         (length >= 0xFFFF0000 && length <= kNoLength);
}

}  // namespace

Container read_wave(const ByteSource& source, int64_t begin) {
  Wave wave;
  const auto riff = read_text(source, begin, 4);
  const bool has_long_sizes = riff == "RF64" || riff == "BW64";
  wave.name = has_long_sizes ? riff : "WAV";
  wave.order = riff == "RIFX" ? ByteOrder::kBig : ByteOrder::kLittle;
  const ChunkForm form{wave.order};
  ChunkReader chunks(source, begin, begin + 12, form);
  std::optional<uint64_t> long_size;
  auto chunk = chunks.next();
  for (; chunk && chunk->name != "data"; chunk = chunks.next()) {
    if (chunk->name == "ds64" && has_long_sizes) {
      long_size = read_number(source, chunk->begin + 8, 8, wave.order);
    } else if (chunk->name == "fmt " && wave.format.empty()) {
      wave.format = read_format(source, *chunk);
    } else if (is_list(chunk->name)) {
      chunks.shorten(*chunk, list_length(source, *chunk, wave.order));
    }
  }
  if (!chunk || wave.format.size() < 16) throw_no_samples(wave);
  const bool is_long = long_size && (*long_size > 0 || chunk->length == kNoLength);
  const SaidLength said = is_long
                              ? SaidLength{*long_size, *long_size == UINT64_MAX, false}
                              : SaidLength{chunk->length, is_streamed(chunk->length), true};
  wave.data_begin = chunk->begin;
  wave.data_size = resolve_length(source, begin, chunk->begin, said, form);
  return show(source, wave);
}

// Sony's WAV of 64 bits: chunks are called by GUIDs that begin with their RIFF name.
Container read_wave64(const ByteSource& source, int64_t begin) {
  constexpr uint64_t kMaxLength = uint64_t{1} << 48;
  const ChunkForm form{ByteOrder::kLittle, 16, 8, 8, true};
  Wave wave;
  wave.name = "W64";
  ChunkReader chunks(source, begin, begin + 40, form);
  auto chunk = chunks.next();
  for (; chunk && chunk->name.substr(0, 4) != "data"; chunk = chunks.next()) {
    if (chunk->name.substr(0, 4) == "fmt " && wave.format.empty()) {
      wave.format = read_format(source, *chunk);
    }
  }
  if (!chunk || wave.format.size() < 16) throw_no_samples(wave);
  wave.data_begin = chunk->begin;
  const SaidLength said{chunk->length, chunk->length >= kMaxLength, false};
  wave.data_size = resolve_length(source, begin, chunk->begin, said, form);
  return show(source, wave);
}

}  // namespace sep
