#pragma once

#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

namespace sep {

/// The seed of one use of chance: a hash of the experiment's seed, the name of the
/// use and its indices, so that adding a use moves no other. The same on every
/// machine (FNV-1a over the bytes, then the finaliser of SplitMix64).
uint64_t stream_seed(uint64_t seed,
                     std::string_view name,
                     const std::vector<int64_t>& indices = {});

/// Random numbers for one use of chance, the same on every platform: the standard
/// fixes std::mt19937_64 but none of its distributions, so those are written here.
/// (normal() goes through the C library's log and cos, which may differ in the last bit.)
/// Throws Error for low > high and for a count below 1.
class RandomStream {
 public:
  explicit RandomStream(uint64_t seed) : engine_(seed) {}
  RandomStream(uint64_t seed,
               std::string_view name,
               const std::vector<int64_t>& indices = {})
      : engine_(stream_seed(seed, name, indices)) {}

  uint64_t next() { return engine_(); }
  double uniform();                         ///< [0, 1), 53 bits
  double uniform(double low, double high);  ///< [low, high)
  int64_t index(int64_t count);             ///< 0 … count-1, unbiased; count at least 1
  double normal();  ///< mean 0, variance 1 (Box-Muller, one of the pair)

  /// Fisher-Yates.
  template <class T>
  void shuffle(std::vector<T>& values) {
    for (size_t i = values.size(); i > 1; --i) {
      std::swap(values[i - 1], values[static_cast<size_t>(index(static_cast<int64_t>(i)))]);
    }
  }

 private:
  std::mt19937_64 engine_;
};

/// NumPy's legacy generator, `numpy.random.RandomState(seed)`, bit for bit in the
/// two draws the published experiment made (docs/protocol.md).
class LegacyRandom {
 public:
  /// MT19937 seeded by init_genrand.
  explicit LegacyRandom(uint32_t seed) : engine_(seed) {}

  /// 0 … count-1: a 32-bit word under the smallest all-ones mask >= count-1, drawn
  /// again while above count-1; count = 1 draws nothing. Throws Error unless count is
  /// 1 … 2^32.
  int64_t randint(int64_t count);

  /// low + (high - low) u, u of 53 bits from two words.
  double uniform(double low, double high);

 private:
  std::mt19937 engine_;
};

}  // namespace sep
