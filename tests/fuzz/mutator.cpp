#include "tests/fuzz/mutator.h"

#include <algorithm>

namespace {

constexpr size_t kMaxPart = 64;

size_t below(size_t count, sep::RandomStream& random) {
  return static_cast<size_t>(
      random.index(static_cast<int64_t>(std::max<size_t>(count, 1))));
}

std::string part_of(const std::string& bytes, sep::RandomStream& random) {
  const size_t begin = below(bytes.size(), random);
  return bytes.substr(begin, 1 + below(kMaxPart, random));
}

void flip_bit(std::string& bytes, sep::RandomStream& random) {
  if (bytes.empty()) return;
  const size_t place = below(bytes.size(), random);
  const auto mask = 1U << below(8, random);
  bytes[place] = static_cast<char>(static_cast<unsigned char>(bytes[place]) ^ mask);
}

// Little-endian, of 1, 2, 4 or 8 bytes.
void set_integer(std::string& bytes, sep::RandomStream& random) {
  constexpr uint64_t kEdges[] = {
      0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, ~0ULL};
  const uint64_t value = kEdges[below(std::size(kEdges), random)];
  const size_t size = size_t{1} << below(4, random);
  const size_t place = below(bytes.size(), random);
  for (size_t i = 0; i < size && place + i < bytes.size(); ++i) {
    bytes[place + i] = static_cast<char>(value >> (8 * i));
  }
}

void set_digit(std::string& bytes, sep::RandomStream& random) {
  const size_t place = bytes.find_first_of("0123456789", below(bytes.size(), random));
  if (place != std::string::npos) bytes[place] = static_cast<char>('0' + below(10, random));
}

void change(std::string& bytes, const std::string& other, sep::RandomStream& random) {
  const size_t place = below(bytes.size() + 1, random);
  switch (below(7, random)) {
    case 0:
      return flip_bit(bytes, random);
    case 1:
      return set_integer(bytes, random);
    case 2:
      return set_digit(bytes, random);
    case 3:
      bytes.resize(place);
      return;
    case 4:
      bytes.erase(place, 1 + below(kMaxPart, random));
      return;
    case 5:
      bytes.insert(place, part_of(bytes, random));
      return;
    default:
      bytes.insert(place, part_of(other, random));
      return;
  }
}

}  // namespace

std::string mutated(const std::vector<std::string>& inputs, sep::RandomStream& random) {
  std::string bytes = inputs[below(inputs.size(), random)];
  const auto& other = inputs[below(inputs.size(), random)];
  for (size_t n = 1 + below(6, random); n > 0; --n) change(bytes, other, random);
  return bytes;
}
