#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sep {

/// FNV-1a, 64 bits: finds accidents, hides nothing. The same on every machine.
/// http://www.isthe.com/chongo/tech/comp/fnv
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
  std::string text() const;  ///< 16 hexadecimal digits

 private:
  uint64_t hash_ = 0xCBF29CE484222325U;
};

}  // namespace sep
