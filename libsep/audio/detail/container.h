#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libsep/audio/detail/byte_source.h"
#include "libsep/audio/detail/sound_input.h"

namespace sep {

/// An audio file as its own bytes tell it, whatever it is called: what it is and where its
/// samples lie, checked against the file's length.
///
/// libsndfile shortens a file that was cut to what is there, and follows lengths in
/// metadata wherever they lead (up to 1.2 at least: back, for ever). So of the containers
/// that hold chunks it is shown a head made here, with their format and the length of what
/// is there, and after it the samples alone.
struct Container {
  enum class Codec { kSndFile, kMpeg };

  std::string name;  // "WAV"; empty where libsndfile's name for it will do
  Codec codec = Codec::kSndFile;
  std::vector<SoundView> parts;  // one after the other; several of a chained Ogg
};

/// Throws Error, without a path, where the file is cut short: it has fewer bytes than it
/// says, ends in its header or, an Ogg, without its last page. Lengths that stand for
/// "until the end" are taken as such:
///
/// - what programs write into a pipe: WAV 0x7FFF0000 … 0x80000000 and 0xFFFF0000 …, AIFF
///   these and 0x7F000000, AU 0xFFFFFFFF, CAF -1, RF64 0 or -1, W64 from 2^48 on;
/// - 0, where bytes that are no chunk follow: the writer never came to close the file;
/// - what a WAV above 4 GiB says, whose length counts modulo 2^32.
Container read_container(const ByteSource& source);

/// The parts of that function. `begin` is where the file begins, behind tags.
Container read_wave(const ByteSource& source, int64_t begin);
Container read_wave64(const ByteSource& source, int64_t begin);
Container read_aiff(const ByteSource& source, int64_t begin);
Container read_caf(const ByteSource& source, int64_t begin);
Container read_au(const ByteSource& source, int64_t begin);
Container read_ogg(const ByteSource& source, int64_t begin);

/// Throws the same Error for a file of another format that says its length and is shorter.
void check_lesser_format(const ByteSource& source, int64_t begin);

}  // namespace sep
