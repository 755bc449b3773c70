#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sep {

/// Takes what stands in a pickle, from its first byte to its last. Everything throws
/// Error, with the pickle's name and the place, where the bytes end too early.
class PickleBytes {
 public:
  PickleBytes(std::string_view bytes, const std::string& name)
      : bytes_(bytes), name_(name) {}

  /// Throws Error with name, problem and place unless `condition` holds.
  void check(bool condition, const char* problem) const;

  bool at_end() const { return place_ == bytes_.size(); }
  size_t num_bytes() const { return bytes_.size(); }

  std::string_view take(size_t count);
  char take_byte() { return take(1).front(); }
  uint64_t take_unsigned(size_t count);  ///< little-endian, 1 … 8 bytes
  int64_t take_signed(size_t count);     ///< two's complement, 0 … 8 bytes
  double take_real();                    ///< 8 bytes, big-endian, as nothing else
  std::string take_line();               ///< up to a line end, which is dropped

 private:
  std::string_view bytes_;
  std::string name_;
  size_t place_ = 0;
};

}  // namespace sep
