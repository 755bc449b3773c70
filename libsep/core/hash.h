#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Hashes of contents: they find accidents, and hide nothing. The same on every machine.
///
/// FNV-1a is what files carry: the checksums of models and training states, the
/// fingerprints of datasets in manifests, and the seeds of random streams. It takes a byte
/// at a time, some 0.7 GB/s. Everything else, a cache say, takes XXH3, at the speed of
/// memory.
namespace sep {

/// FNV-1a, 64 bits. http://www.isthe.com/chongo/tech/comp/fnv
class Fnv1a {
 public:
  void add_byte(unsigned char byte) { hash_ = (hash_ ^ byte) * 0x100000001B3U; }
  void add_word(uint64_t word) {
    for (int i = 0; i < 8; ++i) add_byte(static_cast<unsigned char>(word >> (8 * i)));
  }
  void add(std::string_view bytes) {
    for (const char c : bytes) add_byte(static_cast<unsigned char>(c));
  }
  uint64_t value() const { return hash_; }
  std::string text() const;  ///< hash_text() of it

 private:
  uint64_t hash_ = 0xCBF29CE484222325U;
};

/// XXH3, 64 bits. https://xxhash.com
uint64_t xxh3(std::string_view bytes);

/// 16 hexadecimal digits.
std::string hash_text(uint64_t hash);

}  // namespace sep
