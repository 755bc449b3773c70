#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libsep/audio/detail/byte_source.h"

namespace sep {

/// A chunk of a container: where its contents begin, and their length as it says.
struct Chunk {
  std::string name;
  int64_t begin = 0;
  uint64_t length = 0;
};

/// How chunks stand in a file: NAME LENGTH contents, the next one at a multiple of
/// `alignment` from the file's first byte on.
struct ChunkForm {
  ByteOrder order = ByteOrder::kLittle;
  int name_bytes = 4;
  int length_bytes = 4;
  int alignment = 2;
  bool counts_head = false;  // LENGTH includes NAME and LENGTH
};

/// Reads chunks one after the other. Where a name cannot be one, the next is looked for in
/// the bytes around: a chunk of odd length may lack its byte of padding.
class ChunkReader {
 public:
  /// From the `position`-th byte on; the file's first is the `begin`-th.
  ChunkReader(const ByteSource& source, int64_t begin, int64_t position, ChunkForm form);

  /// The next chunk; none at the end of the source or of what can be read as chunks. Throws
  /// Error after so many chunks as no file has.
  std::optional<Chunk> next();

  /// That the chunk given last is but so long.
  void shorten(const Chunk& chunk, uint64_t length);

 private:
  bool has_name(int64_t position) const;
  std::optional<int64_t> next_name() const;

  const ByteSource& source_;
  ChunkForm form_;
  int64_t begin_;
  int64_t end_;  // of the chunk before, without padding
  int64_t num_left_ = 1 << 16;
};

/// Whether the bytes from `position` to the source's end are chunks, or padding.
bool only_chunks(const ByteSource& source,
                 int64_t begin,
                 int64_t position,
                 const ChunkForm& form);

/// The length of the samples as a header says it.
struct SaidLength {
  uint64_t value = 0;
  bool is_mark = false;  // stands for "until the end"
  bool wraps = false;    // counts modulo 2^32
};

/// How many bytes of samples there are behind `data_begin`; container.h has the rules.
/// Throws Error where the file is cut short.
int64_t resolve_length(const ByteSource& source,
                       int64_t begin,
                       int64_t data_begin,
                       const SaidLength& said,
                       const ChunkForm& form);

/// Throws the Error of a file cut short.
[[noreturn]] void throw_cut(uint64_t said, int64_t found);

}  // namespace sep
