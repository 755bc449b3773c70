// AIFF, Apple's CAF and Sun's AU: what libsndfile is shown of them.
#include "libsep/audio/detail/chunks.h"
#include "libsep/audio/detail/container.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr auto kBig = ByteOrder::kBig;
constexpr uint64_t kNoLength = 0xFFFFFFFF;

std::string number(uint64_t value, int num_bytes = 4) {
  return encode_number(value, num_bytes, kBig);
}

std::string contents(const ByteSource& source, const Chunk& chunk) {
  constexpr uint64_t kMaxLength = uint64_t{1} << 24;
  SEP_CHECK(chunk.length <= kMaxLength,
            "a '{}' chunk of {} bytes, wanted at most {}",
            shown_text(chunk.name),
            chunk.length,
            kMaxLength);
  return read_text(source, chunk.begin, static_cast<int64_t>(chunk.length));
}

[[noreturn]] void throw_no_samples(bool has_format) {
  throw Error(fmt::format("ends before its {}: cut short or no audio file",
                          has_format ? "samples" : "format"));
}

// SoX writes as many frames as go into 0x7F000000 bytes.
bool is_streamed_aiff(uint64_t length) {
  return (length > 0x7EFFFF00 && length <= 0x7F000000) ||
         (length >= 0x7FFF0000 && length <= 0x80000000) ||
         (length >= 0xFFFF0000 && length <= kNoLength);
}

// Some programs write a COMM chunk of 18 bytes where its compression follows: found as a
// chunk NONE, whose length is the text of its name.
void mend_compression(ChunkReader& chunks, const Chunk& chunk) {
  if (chunk.name == "NONE") chunks.shorten(chunk, (chunk.length >> 24) - 3);
}

Container show_aiff(const std::string& form, const std::string& format, SoundView data) {
  const auto size = static_cast<uint64_t>(data.size) + 8;
  auto common = "COMM" + number(format.size()) + format;
  if (format.size() % 2 != 0) common += '\0';
  const auto form_size = 4 + common.size() + 8 + size;
  SEP_CHECK(form_size <= kNoLength, "above 4 GiB, too long for AIFF");
  data.head =
      "FORM" + number(form_size) + form + common + "SSND" + number(size) + number(0, 8);
  return {"AIFF", Container::Codec::kSndFile, {std::move(data)}};
}

}  // namespace

Container read_aiff(const ByteSource& source, int64_t begin) {
  const ChunkForm form{kBig};
  ChunkReader chunks(source, begin, begin + 12, form);
  std::string format;
  std::optional<SoundView> data;
  while (const auto chunk = chunks.next()) {
    mend_compression(chunks, *chunk);
    if (chunk->name == "COMM" && format.empty()) format = contents(source, *chunk);
    if (chunk->name != "SSND") continue;
    const auto offset = read_number(source, chunk->begin, 4, kBig).value_or(0);
    const auto data_begin = chunk->begin + 8 + static_cast<int64_t>(offset);
    const auto length = chunk->length - std::min(chunk->length, 8 + offset);
    const SaidLength said{length, is_streamed_aiff(length), true};
    data = {"", data_begin, resolve_length(source, begin, data_begin, said, form)};
    if (!format.empty()) break;
  }
  if (!data || format.size() < 18) throw_no_samples(!format.empty());
  return show_aiff(read_text(source, begin + 8, 4), format, *std::move(data));
}

Container read_caf(const ByteSource& source, int64_t begin) {
  constexpr uint64_t kMaxLength = uint64_t{1} << 63;
  const ChunkForm form{kBig, 4, 8, 1};
  ChunkReader chunks(source, begin, begin + 8, form);
  std::string format;
  std::string decoding;  // what decoders need besides
  std::optional<SoundView> data;
  while (const auto chunk = chunks.next()) {
    if (chunk->name == "desc" && format.empty()) format = contents(source, *chunk);
    if (chunk->name == "kuki" || chunk->name == "pakt") {
      decoding += chunk->name + number(chunk->length, 8) + contents(source, *chunk);
    }
    if (chunk->name != "data" || data) continue;
    const auto data_begin = chunk->begin + 4;  // behind a count of edits
    const SaidLength said{chunk->length - std::min<uint64_t>(chunk->length, 4),
                          chunk->length >= kMaxLength,
                          false};
    data = {"", data_begin, resolve_length(source, begin, data_begin, said, form)};
    if (said.value != static_cast<uint64_t>(data->size)) break;  // nothing follows it
  }
  if (!data || format.empty()) throw_no_samples(!format.empty());
  data->head = read_text(source, begin, 8) + "desc" + number(format.size(), 8) + format +
               decoding + "data" + number(static_cast<uint64_t>(data->size) + 4, 8) +
               number(0);
  return {"CAF", Container::Codec::kSndFile, {*std::move(data)}};
}

Container read_au(const ByteSource& source, int64_t begin) {
  constexpr int64_t kHeadSize = 24;
  const auto head = read_text(source, begin, kHeadSize);
  if (static_cast<int64_t>(head.size()) < kHeadSize) throw_no_samples(false);
  const auto order = head[0] == '.' ? ByteOrder::kBig : ByteOrder::kLittle;
  const auto field = [&](size_t place) {
    return decode_number(std::string_view(head).substr(place, 4), order);
  };
  const auto data_begin = begin + static_cast<int64_t>(field(4));
  const auto length = field(8);
  const SaidLength said{length, length >= 0xFFFF0000, true};
  SoundView data{"", data_begin, resolve_length(source, begin, data_begin, said, {order})};
  // Until the end, which that many bytes are from here.
  data.head = head.substr(0, 4) + encode_number(kHeadSize, 4, order) +
              encode_number(kNoLength, 4, order) + head.substr(12);
  return {"AU", Container::Codec::kSndFile, {std::move(data)}};
}

}  // namespace sep
