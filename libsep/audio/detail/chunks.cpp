#include "libsep/audio/detail/chunks.h"

#include <algorithm>
#include <array>

#include "libsep/core/error.h"

namespace sep {
namespace {

int64_t aligned(int64_t position, int64_t begin, int64_t alignment) {
  const auto excess = (position - begin) % alignment;
  return excess == 0 ? position : position + alignment - excess;
}

bool is_name(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return ' ' <= c && c <= '~'; });
}

bool is_common(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames = {
      "fmt ", "data", "LIST", "fact", "COMM", "SSND"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

// What `chunk` ends at, or the source does.
int64_t end_of(const ByteSource& source, const Chunk& chunk) {
  const auto left =
      static_cast<uint64_t>(std::max<int64_t>(source.size() - chunk.begin, 0));
  return chunk.begin + static_cast<int64_t>(std::min(chunk.length, left));
}

std::optional<Chunk> chunk_at(const ByteSource& source,
                              int64_t position,
                              const ChunkForm& form) {
  const int head_bytes = form.name_bytes + form.length_bytes;
  const auto head = read_text(source, position, head_bytes);
  if (static_cast<int>(head.size()) < head_bytes) return std::nullopt;
  const auto name_bytes = static_cast<size_t>(form.name_bytes);
  Chunk chunk{head.substr(0, name_bytes),
              position + head_bytes,
              decode_number(std::string_view(head).substr(name_bytes), form.order)};
  if (!form.counts_head) return chunk;
  chunk.length -= std::min(chunk.length, static_cast<uint64_t>(head_bytes));
  return chunk;
}

}  // namespace

ChunkReader::ChunkReader(const ByteSource& source,
                         int64_t begin,
                         int64_t position,
                         ChunkForm form)
    : source_(source), form_(form), begin_(begin), end_(position) {}

bool ChunkReader::has_name(int64_t position) const {
  const auto name = read_text(source_, position, 4);
  return name.size() == 4 && (form_.name_bytes != 4 || is_name(name));
}

std::optional<int64_t> ChunkReader::next_name() const {
  constexpr int64_t kMaxSearched = 4;
  const auto expected = aligned(end_, begin_, form_.alignment);
  if (expected != end_ && form_.name_bytes == 4 && has_name(end_) &&
      !is_common(read_text(source_, expected, 4))) {
    return end_;
  }
  for (int64_t position = expected; position <= expected + kMaxSearched; ++position) {
    if (has_name(position)) return position;
  }
  return std::nullopt;
}

std::optional<Chunk> ChunkReader::next() {
  SEP_CHECK(num_left_-- > 0, "more chunks of metadata than any file has");
  const auto position = next_name();
  if (!position) return std::nullopt;
  auto chunk = chunk_at(source_, *position, form_);
  if (chunk) end_ = end_of(source_, *chunk);
  return chunk;
}

void ChunkReader::shorten(const Chunk& chunk, uint64_t length) {
  end_ = std::min(end_, chunk.begin + static_cast<int64_t>(length));
}

bool only_chunks(const ByteSource& source,
                 int64_t begin,
                 int64_t position,
                 const ChunkForm& form) {
  constexpr int kMaxChunks = 1000;
  for (int i = 0; i < kMaxChunks; ++i) {
    position = aligned(position, begin, form.alignment);
    if (position >= source.size()) return true;
    const auto chunk = chunk_at(source, position, form);
    const auto left = static_cast<uint64_t>(source.size() - position);
    if (!chunk || (form.name_bytes == 4 && !is_name(chunk->name)) || chunk->length > left) {
      return false;
    }
    position = chunk->begin + static_cast<int64_t>(chunk->length);
    if (position > source.size()) return false;
  }
  return false;
}

int64_t resolve_length(const ByteSource& source,
                       int64_t begin,
                       int64_t data_begin,
                       const SaidLength& said,
                       const ChunkForm& form) {
  const auto found = std::max<int64_t>(source.size() - data_begin, 0);
  const auto follows = static_cast<uint64_t>(found);
  if (said.value == 0 || said.is_mark) {
    const bool is_length =
        said.value <= follows &&
        only_chunks(source, begin, data_begin + static_cast<int64_t>(said.value), form);
    return is_length ? static_cast<int64_t>(said.value) : found;
  }
  if (said.value > follows) throw_cut(said.value, found);
  const uint64_t rest = follows - said.value;
  return static_cast<int64_t>(said.value + (said.wraps ? rest >> 32 << 32 : 0));
}

void throw_cut(uint64_t said, int64_t found) {
  throw Error(
      fmt::format("cut short, its header says {} bytes of audio, it has {}", said, found));
}

}  // namespace sep
