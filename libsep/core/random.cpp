#include "libsep/core/random.h"

#include <algorithm>
#include <cmath>

#include "libsep/core/error.h"
#include "libsep/core/hash.h"

namespace sep {
namespace {

constexpr double kPi = 3.14159265358979323846;

uint64_t finalise(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

}  // namespace

uint64_t stream_seed(uint64_t seed,
                     std::string_view name,
                     const std::vector<int64_t>& indices) {
  Fnv1a hash;
  hash.add_word(seed);
  // The length keeps a name apart from a shorter one whose indices spell its rest.
  hash.add_word(name.size());
  hash.add(name);
  for (const int64_t i : indices) hash.add_word(static_cast<uint64_t>(i));
  return finalise(hash.value());
}

double RandomStream::uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

double RandomStream::uniform(double low, double high) {
  SEP_CHECK(low <= high, "a random number from {} to {}: wants low <= high", low, high);
  const double x = low + (high - low) * uniform();
  // The sum may round up to the end that the interval leaves out.
  return x < high ? x : std::max(low, std::nextafter(high, low));
}

int64_t RandomStream::index(int64_t count) {
  SEP_CHECK(count >= 1, "a random index below {}: wants a count of at least 1", count);
  const auto bound = static_cast<uint64_t>(count);
  const uint64_t num_refused = (0 - bound) % bound;  // 2^64 modulo the bound
  uint64_t word = next();
  while (word < num_refused) word = next();
  return static_cast<int64_t>(word % bound);
}

double RandomStream::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * kPi * uniform());
}

int64_t LegacyRandom::randint(int64_t count) {
  SEP_CHECK(count >= 1 && count <= int64_t{1} << 32,
            "randint({}): wants a count of 1 to 2^32",
            count);
  const auto largest = static_cast<uint32_t>(count - 1);
  if (largest == 0) return 0;
  uint32_t mask = largest;
  for (const int shift : {1, 2, 4, 8, 16}) mask |= mask >> shift;
  uint32_t word = mask & static_cast<uint32_t>(engine_());
  while (word > largest) word = mask & static_cast<uint32_t>(engine_());
  return word;
}

double LegacyRandom::uniform(double low, double high) {
  const auto a = static_cast<double>(static_cast<uint32_t>(engine_()) >> 5);
  const auto b = static_cast<double>(static_cast<uint32_t>(engine_()) >> 6);
  return low + (high - low) * ((a * 0x1p26 + b) * 0x1p-53);
}

}  // namespace sep
